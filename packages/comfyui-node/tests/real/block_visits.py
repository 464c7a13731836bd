"""What the blocks and the head of one call get and give, seen from their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from forecache.hosting.block_shims import visited
from forecache.hosting.layout import IMAGE_TOKENS
from forecache.hosting.structure import BlockCall, BlockPlace, Structure


@dataclass
class VisitedCall:
    """`residuals` and `terms` (gate times feature) in the order in which blocks ran.

    changed: stages of which a block changed what it was given.
    """

    residuals: list[Tensor] = field(default_factory=list)
    terms: list[Tensor] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    heads: list[Tensor] = field(default_factory=list)

    @property
    def head(self) -> Tensor:
        (head,) = self.heads
        return head


class Recording:
    """Computes all blocks."""

    def __init__(self, structure: Structure, extra: Mapping[str, Any], *, has_gates: bool) -> None:
        self._layout, self._extra, self._has_gates = structure.layout, extra, has_gates
        self.seen = VisitedCall()

    def block(self, place: BlockPlace, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        call = BlockCall(place, (args, kwargs), self._extra)
        before = call.hidden.clone()
        features: list[Tensor] = []
        hooks = [self._hooked(call, index, features) for index in range(self._branches(place))]
        try:
            output = place.block(*args, **kwargs)
        finally:
            for hook in hooks:
                hook.remove()
        after = call.results(output)[place.stage.hidden]
        self.seen.residuals.append(tokens(call.image(after) - call.image(before)))
        if not torch.equal(before, call.hidden):
            self.seen.changed.add(place.stage.blocks)
        if hooks:
            assert self._layout.block_modulation is not None
            modulation = self._layout.block_modulation(place.block, call.arguments)
            gates = self._layout.gates(place.block, modulation)
            self.seen.terms += [
                feature if gate is None else gate[:, None] * feature
                for feature, gate in zip(features, gates, strict=True)
            ]
        return output

    def head(self, head: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        self.seen.heads.append(args[0].clone())
        return head(*args, **kwargs)

    def _branches(self, place: BlockPlace) -> int:
        return len(place.branches) if self._has_gates else 0

    def _hooked(self, call: BlockCall, index: int, features: list[Tensor]) -> Any:
        branch = call.place.branches[index]

        def keep(_module: nn.Module, _args: Any, output: Any) -> None:
            assert len(features) == index, "branches run in another order than the layout has"
            features.append(branch.select(output, call.arguments).clone())

        return call.place.block.get_submodule(branch.module).register_forward_hook(keep)


class Passing:
    """Computes no block."""

    def __init__(self, extra: Mapping[str, Any]) -> None:
        self._extra = extra
        self.seen = VisitedCall()

    def block(self, place: BlockPlace, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        call = BlockCall(place, (args, kwargs), self._extra)
        return call.passed_through(call.hidden, call.encoder)

    def head(self, head: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        self.seen.heads.append(args[0].clone())
        return head(*args, **kwargs)


@torch.no_grad()
def record(structure: Structure, inputs: dict[str, Any], *, has_gates: bool) -> VisitedCall:
    """A call computed in full."""
    visitor = Recording(structure, _extra(structure, inputs), has_gates=has_gates)
    with visited(structure, visitor):
        structure.transformer(**inputs)
    return visitor.seen


@torch.no_grad()
def head_without_blocks(structure: Structure, inputs: dict[str, Any]) -> Tensor:
    """P: the head's input when every block returns what it got."""
    visitor = Passing(_extra(structure, inputs))
    with visited(structure, visitor):
        structure.transformer(**inputs)
    return visitor.seen.head


def tokens(stream: Tensor) -> Tensor:
    """`[batch, tokens, width]`, wherever the tokens lie."""
    return stream.flatten(1, -2)


def _extra(structure: Structure, inputs: Mapping[str, Any]) -> dict[str, Any]:
    count = structure.layout.image_tokens
    return {} if count is None else {IMAGE_TOKENS: count(structure.transformer, inputs)}
