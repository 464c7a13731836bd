"""Sites of the whole stack: the last hidden state, or what all blocks add to the image tokens."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from forecache.hosting.feature_store import SiteStore
from forecache.hosting.residual_sum import ResidualSum
from forecache.hosting.site_work import Applier, CallJob, Recorder
from forecache.hosting.structure import BlockCall


class HiddenRecorder(Recorder):
    """Stores the head's input.

    In the dtype of the stream: a model that turns its last hidden state into float32 for the head
    has no more digits there than in its blocks.
    """

    def __init__(self, group: str, store: SiteStore, job: CallJob) -> None:
        self._group, self._store, self._job = group, store, job
        self._stream = torch.float32
        store.begin(job.index)

    def leave(self, call: BlockCall, output: Any) -> None:
        self._stream = call.results(output)[call.place.stage.hidden].dtype

    def head(self, hidden: Tensor) -> None:
        self._store.write(0, hidden, self._stream)
        self._job.samples.append((self._group, hidden))

    def commit(self) -> None:
        self._store.commit()

    def abort(self) -> None:
        self._store.abort()


class HiddenApplier(Applier):
    """`head input = sum_j w_j F_j`."""

    def __init__(self, store: SiteStore, weights: tuple[float, ...]) -> None:
        self._store, self._weights = store, weights

    def skips(self, call: BlockCall) -> bool:
        return True

    def head(self, hidden: Tensor) -> Tensor:
        return self._store.forecast(0, self._weights, like=hidden)


class StackRecorder(Recorder):
    """Stores `R = sum_b (output - input)` on the image tokens of blocks `first` to the last."""

    def __init__(self, group: str, store: SiteStore, job: CallJob, first: int = 0) -> None:
        self._group, self._store, self._job, self._first = group, store, job, first
        self._sum = ResidualSum()
        store.begin(job.index)

    def enter(self, call: BlockCall) -> None:
        if call.place.index >= self._first:
            self._sum.enter(call.hidden, call.kept(call.image(call.hidden)))

    def leave(self, call: BlockCall, output: Any) -> None:
        if call.place.index >= self._first:
            hidden = call.results(output)[call.place.stage.hidden]
            self._sum.leave(hidden, call.image(hidden))

    def head(self, hidden: Tensor) -> None:
        residual = self._sum.total().flatten(1, -2)
        self._store.write(0, residual, self._sum.dtype)
        self._job.samples.append((self._group, residual))

    def commit(self) -> None:
        self._store.commit()

    def abort(self) -> None:
        self._store.abort()


class StackApplier(Applier):
    """`head input = P + sum_j w_j R_j`: blocks from `first` on are not computed."""

    def __init__(self, store: SiteStore, weights: tuple[float, ...], first: int = 0) -> None:
        self._store, self._weights, self._first = store, weights, first

    def skips(self, call: BlockCall) -> bool:
        return call.place.index >= self._first

    def head(self, hidden: Tensor) -> Tensor:
        # One sum with one rounding. A video's tokens may lie in frames, rows and columns.
        tokens = hidden.flatten(1, -2)
        return self._store.history.gated_sum(self._weights, [None], tokens).view(hidden.shape)
