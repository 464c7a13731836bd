"""The shortest time to combine stored features: every byte read once, the result written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from forecache_bench.diffusers.sampling import CallTimes

READ_AT_ONCE = 3
"""Tensors that one kernel reads in a single pass here; more copies are scaled by their traffic."""


@dataclass
class PhysicalLimit:
    """Streams `slots` copies of `copy_bytes` through the device and writes one.

    slots: m + 1. Measured with PyTorch's own kernels over buffers of that size, in the process of
        the benchmark.
    """

    copy_bytes: int
    slots: int
    device: torch.device
    _buffers: list[Tensor] = field(default_factory=list)

    def seconds(self) -> float:
        """One pass, timed. The first call makes the buffers and touches them."""
        if not self._buffers:
            values = max(1, self.copy_bytes // 4)
            count = min(self.slots, READ_AT_ONCE) + 1
            self._buffers = [torch.ones(values, device=self.device) for _ in range(count)]
            self._stream()
        times = CallTimes(self.device)
        started = times.mark()
        self._stream()
        times.marks.append((started, times.mark()))
        read = min(self.slots, READ_AT_ONCE)
        return times.seconds()[0] * (self.slots + 1) / (read + 1)

    def release(self) -> None:
        """Gives the buffers back."""
        self._buffers.clear()

    def _stream(self) -> None:
        *read, written = self._buffers
        _PASSES[len(read)](read, written)


_PASSES: dict[int, Callable[[list[Tensor], Tensor], Tensor]] = {
    1: lambda read, written: written.copy_(read[0]),
    2: lambda read, written: torch.add(read[0], read[1], alpha=0.5, out=written),
    3: lambda read, written: torch.addcmul(read[0], read[1], read[2], value=0.5, out=written),
}
