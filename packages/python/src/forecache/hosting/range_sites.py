"""Ranges of blocks that a run's setup names: `blocks.4-7`. The rest of the network is computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.hosting.feature_store import SiteStore
from forecache.hosting.residual_sum import ResidualSum
from forecache.hosting.site_work import Applier, CallJob, Recorder
from forecache.hosting.structure import BlockCall

_NAME = re.compile(r"blocks\.(\d+)-(\d+)")


@dataclass(frozen=True)
class BlockRange:
    """Blocks `first` to `last`, both included."""

    name: str
    first: int
    last: int

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and self.first <= index <= self.last


def parse_range(name: str, last_block: int) -> BlockRange:
    """`blocks.4-7` as a range. Raises ForecacheError for another name or blocks that are not
    there.
    """
    found = _NAME.fullmatch(name)
    rule = f"a range of blocks within blocks.0-{last_block}"
    if found is None:
        raise ForecacheError(f"site must be {rule}, got {name}")
    first, last = int(found[1]), int(found[2])
    if not first <= last <= last_block:
        raise ForecacheError(f"site must be {rule}, got {name}")
    return BlockRange(name, first, last)


class RangeRecorder(Recorder):
    """Stores what a range that ends before the last block adds to both streams: image first, then
    text.
    """

    def __init__(self, kept: BlockRange, stores: Sequence[SiteStore], job: CallJob) -> None:
        self._range, self._stores, self._job = kept, stores, job
        self._sums = (ResidualSum(), ResidualSum())
        self._has_text = False
        for store in stores:
            store.begin(job.index)

    def enter(self, call: BlockCall) -> None:
        if call.place.index not in self._range:
            return
        hidden, text = self._sums
        hidden.enter(call.hidden, call.kept(call.hidden))
        if call.encoder is not None:
            text.enter(call.encoder, call.kept(call.encoder))

    def leave(self, call: BlockCall, output: Any) -> None:
        if call.place.index not in self._range:
            return
        results, stage = call.results(output), call.place.stage
        # What stands behind the range may change what the last block returned.
        kept = call.kept if call.place.index == self._range.last else _as_it_is
        hidden, text = self._sums
        hidden.leave(results[stage.hidden], kept(results[stage.hidden]))
        after = None if stage.encoder is None else results.get(stage.encoder)
        if after is not None:
            self._has_text = True
            text.leave(after, kept(after))

    def head(self, hidden: Tensor) -> None:
        image = self._sums[0]
        total = image.total()
        self._stores[0].write(0, total, image.dtype)
        self._job.samples.append((self._range.name, total))
        if self._has_text:
            text = self._sums[1]
            self._stores[1].write(0, text.total(), text.dtype)

    def commit(self) -> None:
        self._stores[0].commit()
        if self._has_text:
            self._stores[1].commit()

    def abort(self) -> None:
        for store in self._stores:
            store.abort()


class RangeApplier(Applier):
    """Adds the forecast of a range before its first block and passes its blocks through."""

    def __init__(
        self, kept: BlockRange, stores: Sequence[SiteStore], weights: tuple[float, ...]
    ) -> None:
        self._range, self._stores, self._weights = kept, stores, weights

    def skips(self, call: BlockCall) -> bool:
        return call.place.index in self._range

    def streams(self, call: BlockCall) -> tuple[Tensor, Tensor | None]:
        if call.place.index != self._range.first:
            return call.hidden, call.encoder
        image, text = self._stores
        hidden = _added(image, self._weights, call.hidden)
        encoder = call.encoder
        if encoder is not None and text.positions:
            encoder = _added(text, self._weights, encoder)
        return hidden, encoder


def _as_it_is(stream: Tensor) -> Tensor:
    return stream


def _added(store: SiteStore, weights: tuple[float, ...], stream: Tensor) -> Tensor:
    """Refuses a stream of another shape: broadcasting would hide it."""
    residual = store.forecast(0, weights, like=torch.empty(0, dtype=torch.float32))
    if residual.shape != stream.shape:
        raise ForecacheError(f"stream must be {list(residual.shape)}, got {list(stream.shape)}")
    return (stream + residual).to(stream.dtype)
