"""Stand-ins for a transformer's blocks and head during one call.

They are put into `_modules` for the length of a call and taken out again, so that parameter names,
LoRA and offloading never see them. A shim answers every attribute as its block does: DiT's head
reads `transformer_blocks[0].norm1.emb`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from torch import nn

from forecache.hosting.structure import BlockPlace, Structure


class Visitor(Protocol):
    """What stands in for the blocks and the head of one call."""

    def block(self, place: BlockPlace, args: Sequence[Any], kwargs: dict[str, Any]) -> Any: ...

    def head(self, head: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> Any: ...


class BlockShim:
    """Answers a call of its block through the visitor, everything else as the block."""

    def __init__(self, visitor: Visitor, place: BlockPlace) -> None:
        self._visitor = visitor
        self._place = place

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._visitor.block(self._place, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._place.block, name)


class HeadShim:
    """Answers a call of the head through the visitor, everything else as the head."""

    def __init__(self, visitor: Visitor, head: nn.Module) -> None:
        self._visitor = visitor
        self._head = head

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._visitor.head(self._head, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._head, name)


class BlockList:
    """A list of shims that answers every other question as the list of blocks."""

    def __init__(self, blocks: nn.Module, shims: list[BlockShim]) -> None:
        self._blocks = blocks
        self._shims = shims

    def __iter__(self) -> Iterator[BlockShim]:
        return iter(self._shims)

    def __len__(self) -> int:
        return len(self._shims)

    def __getitem__(self, index: int | slice) -> BlockShim | list[BlockShim]:
        return self._shims[index]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blocks, name)


@contextmanager
def visited(structure: Structure, visitor: Visitor) -> Iterator[None]:
    """Lets a visitor stand in for blocks and head; whatever happens inside, the real ones are back
    after it.
    """
    modules: dict[str, Any] = structure.transformer._modules
    names = [stage.blocks for stage in structure.layout.stages]
    real = {name: modules[name] for name in [*names, structure.layout.head]}
    try:
        for name in names:
            places = [each for each in structure.places if each.stage.blocks == name]
            modules[name] = BlockList(real[name], [BlockShim(visitor, each) for each in places])
        head = structure.layout.head
        modules[head] = HeadShim(visitor, real[head])
        yield
    finally:
        modules.update(real)
