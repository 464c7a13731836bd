"""What a contestant stores between calls: the tensors that are alive and were not before."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor


@dataclass
class StoredBytes:
    """The largest number of bytes held after a call, above what was held when this was made.

    Counts whole storages, so a view keeps all of what it looks into, as it does in memory. Use it
    as a context.
    """

    known: dict[int, int] = field(default_factory=dict)
    peak: int = 0

    def __enter__(self) -> Self:
        gc.collect()
        self.known = _storages(gc.get_objects())
        # What is there already is not walked again: a look then takes milliseconds.
        gc.freeze()
        return self

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()

    def look(self, without: Iterable[Tensor] = ()) -> None:
        """Counts now. without: tensors of the sampling loop, which no contestant stores."""
        gc.collect()
        skipped = self.known.keys() | _storages(without).keys()
        held = _storages(gc.get_objects())
        self.peak = max(
            self.peak, sum(size for address, size in held.items() if address not in skipped)
        )


def _storages(things: Iterable[Any]) -> dict[int, int]:
    """Bytes of every storage that some tensor of these holds, by address."""
    storages: dict[int, int] = {}
    for thing in things:
        # `type`, not `isinstance`: to ask a lazy module for its class would import it.
        if issubclass(type(thing), Tensor) and thing.layout == torch.strided:
            storage = thing.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
    return storages
