"""The one block of memory of a history, on the model's device or on the host."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from forecache.errors import ForecacheError

Place = Literal["device", "host"]
"""Where a history lies: on the model's device, or in (pinned) host memory."""


def cache_bytes(sites: int, slots: int, shape: Sequence[int], dtype: torch.dtype) -> int:
    """Bytes that a history of `slots` features of `shape` at each of `sites` sites allocates."""
    return sites * slots * math.prod(shape) * dtype.itemsize


class FeatureMemory:
    """`[slots, sites, *shape]`, allocated at the first write and kept until `release`.

    On the host the features of a CUDA model lie in pinned memory. They are copied back as a whole
    by `fetch`, on a stream of their own, and what was copied back is let go at the next write.
    """

    def __init__(self, extent: tuple[int, int], dtype: torch.dtype | None, place: Place) -> None:
        self._extent = extent
        self._dtype = dtype
        self._place = place
        self._block: Tensor | None = None
        self._model: tuple[torch.dtype, torch.device] | None = None
        self._fetched: _Fetched | None = None

    @property
    def byte_length(self) -> int:
        """Bytes allocated for features; 0 before the first write."""
        return 0 if self._block is None else self._block.nbytes

    @property
    def model_dtype(self) -> torch.dtype:
        """The dtype of the first feature that was written."""
        if self._model is None:
            raise ForecacheError("the history is empty: write a feature first")
        return self._model[0]

    def mismatch(self, feature: Tensor) -> str | None:
        """Which rule a feature breaks, None when it can be written."""
        if not feature.is_floating_point():
            return f"feature must be of a floating-point dtype, got {feature.dtype}"
        if self._block is None or self._model is None:
            return None
        dtype, device = self._model
        expected = (tuple(self._block.shape[2:]), device)
        if (tuple(feature.shape), feature.device) == expected and feature.dtype == dtype:
            return None
        return f"feature must be {_facts(expected[0], dtype, device)}, got {_facts_of(feature)}"

    def write(self, slot: int, site: int, feature: Tensor) -> None:
        """Copies a feature, converting its dtype. Raises ForecacheError for one of another kind."""
        if (broken := self.mismatch(feature)) is not None:
            raise ForecacheError(broken)
        block = self._allocate(feature) if self._block is None else self._block
        self._forget_fetched()
        with torch.no_grad():
            block[slot, site].copy_(feature, non_blocking=True)

    def readable(self) -> Tensor:
        """The block on the model's device."""
        if self._block is None:
            raise ForecacheError("the history is empty: write a feature first")
        if not self._is_remote():
            return self._block
        self.fetch()
        assert self._fetched is not None
        return self._fetched.wait()

    def fetch(self) -> None:
        """Starts the copy from the host, unless it is under way or nothing is to be copied."""
        if self._block is not None and self._model is not None and self._is_remote():
            self._fetched = self._fetched or _Fetched(self._block, self._model[1])

    def release(self) -> None:
        """Lets go of all memory: the next write decides shape, dtype and device anew."""
        self._forget_fetched()
        self._block = None
        self._model = None

    def _is_remote(self) -> bool:
        return self._place == "host" and self._model is not None and self._model[1].type == "cuda"

    def _allocate(self, feature: Tensor) -> Tensor:
        dtype = self._dtype or feature.dtype
        self._model = (feature.dtype, feature.device)
        on_host = self._is_remote()
        # A tensor made in inference mode could not be written outside it, and a run may do both.
        with torch.inference_mode(False):
            self._block = torch.empty(
                (*self._extent, *feature.shape),
                dtype=dtype,
                device="cpu" if on_host else feature.device,
                pin_memory=on_host,
            )
        return self._block

    def _forget_fetched(self) -> None:
        """Lets the next write wait, on the device, for a copy that reads what it overwrites."""
        if self._fetched is not None:
            self._fetched.wait()
        self._fetched = None


class _Fetched:
    """A copy of a pinned block on a CUDA device, made on a side stream."""

    def __init__(self, block: Tensor, device: torch.device) -> None:
        stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call] # untyped in PyTorch
        stream.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(stream):
            self._copy = block.to(device, non_blocking=True)
            self._done = stream.record_event()

    def wait(self) -> Tensor:
        """The copy; later work of the current stream waits for it, the host does not."""
        stream = torch.cuda.current_stream(self._copy.device)
        stream.wait_event(self._done)
        self._copy.record_stream(stream)
        return self._copy


def _facts_of(feature: Tensor) -> str:
    return _facts(tuple(feature.shape), feature.dtype, feature.device)


def _facts(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> str:
    return f"{list(shape)} {str(dtype).removeprefix('torch.')} on {device}"
