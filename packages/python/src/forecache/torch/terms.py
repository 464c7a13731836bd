"""What a sum over a history reads: stored features and their weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from forecache.torch.weight_table import weights_by_slot


@dataclass(frozen=True)
class Terms:
    """The terms of `sum_j weights[j] * block[slots[j]]`, newest feature first.

    block: `[slots, sites, *shape]`, contiguous.
    by_slot: the weights on the block's device in the order of its slots; None: not there yet.
    """

    block: Tensor
    slots: tuple[int, ...]
    weights: tuple[float, ...]
    by_slot: Tensor | None = None

    def __iter__(self) -> Iterator[tuple[float, Tensor]]:
        """Each weight with its `[sites, *shape]`."""
        for slot, weight in zip(self.slots, self.weights, strict=True):
            yield weight, self.block[slot]

    def device_weights(self) -> Tensor:
        """`[slots]` float32 on the block's device; copied there, without waiting, if need be."""
        if self.by_slot is not None:
            return self.by_slot
        newest, slots = self.slots[0], self.block.shape[0]
        row = torch.tensor(weights_by_slot(self.weights, newest, slots), dtype=torch.float32)
        if self.block.is_cuda:
            return row.pin_memory().to(self.block.device, non_blocking=True)
        return row


def accumulation_dtype(*dtypes: torch.dtype) -> torch.dtype:
    """float32, or float64 where a tensor of the sum is float64."""
    return torch.float64 if torch.float64 in dtypes else torch.float32
