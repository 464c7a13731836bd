"""Which elements of a tensor are kept: all of them, or a random subset that never changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from forecache.errors import ForecacheError

Keep = Literal["device", "host"]
"""Where recorded tensors wait: where they were made, or in the host's memory."""


@dataclass
class Elements:
    """Flat copies of tensors, or of the same `count` random elements of each.

    A sampler works element by element, so what holds of the subset holds of the tensor; inner
    products of subsets, times `scale`, estimate those of the tensors.
    """

    count: int | None = None
    keep: Keep = "device"
    seed: int = 0
    _chosen: Tensor | None = field(default=None, init=False)
    _total: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.count is not None and (type(self.count) is not int or self.count < 2):
            raise ForecacheError(f"elements must be an integer >= 2, got {self.count!r}")
        if self.keep not in ("device", "host"):
            raise ForecacheError(f"keep must be device or host, got {self.keep!r}")

    def of(self, tensor: Tensor) -> Tensor:
        """A copy of the kept elements, in the tensor's dtype."""
        flat = tensor.detach().reshape(-1)
        chosen = self._indices(flat)
        kept = flat.clone() if chosen is None else flat[chosen.to(flat.device)]
        # Metal has no float64, which sums are made in.
        waits_on_host = self.keep == "host" or flat.device.type == "mps"
        return kept.to("cpu") if waits_on_host else kept

    @property
    def scale(self) -> float:
        """Elements of a tensor over kept ones; 1 where all are kept."""
        return 1.0 if self._chosen is None else self._total / self._chosen.numel()

    def _indices(self, flat: Tensor) -> Tensor | None:
        if self._total == 0:
            self._total = flat.numel()
            if self.count is not None and self.count < self._total:
                self._chosen = random_subset(self._total, self.count, self.seed)
        if flat.numel() != self._total:
            raise ForecacheError(
                f"tensors of all runs must have one size ({self._total} elements), "
                f"got {flat.numel()}"
            )
        return self._chosen


def random_subset(total: int, count: int, seed: int) -> Tensor:
    """`count` of `total` indices, rising, each set as likely as any other."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randperm(total, generator=generator)[:count].sort().values
