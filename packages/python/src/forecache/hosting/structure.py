"""The blocks of one transformer by their place in the stack, and one call of one block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from forecache.errors import ForecacheError
from forecache.hosting.call_arguments import by_name, parameter_names
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.plan import NetworkShape, SiteShape


@dataclass(frozen=True)
class BlockPlace:
    """A block and where it stands. `index` counts through all stages from 0."""

    index: int
    stage: Stage
    block: nn.Module
    parameters: tuple[str, ...]

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The block's modules that are sites, in the order in which it adds them."""
        return self.stage.branches(self.block)


class Structure:
    """The blocks of a transformer as its layout describes them.

    Raises ForecacheError when the layout finds no block.
    """

    def __init__(self, transformer: nn.Module, layout: ModelLayout) -> None:
        self.transformer = transformer
        self.layout = layout
        self.places = tuple(_places(transformer, layout))
        if not self.places:
            name = type(transformer).__name__
            raise ForecacheError(f"transformer must have blocks, got a {name} without any")

    @property
    def sites(self) -> int:
        """Module sites of all blocks."""
        return sum(len(place.branches) for place in self.places)

    @property
    def last(self) -> int:
        """Index of the last block."""
        return len(self.places) - 1

    @cached_property
    def _parameters(self) -> list[dict[str, Any]]:
        """The dictionaries of the blocks' modules: offloading exchanges what is in them."""
        modules = (module for place in self.places for module in place.block.modules())
        return [module._parameters for module in modules if module._parameters]

    def is_on(self, device: torch.device) -> bool:
        """Whether all parameters of all blocks are there now."""
        return all(
            parameter is None or parameter.device == device
            for parameters in self._parameters
            for parameter in parameters.values()
        )

    def shape(self) -> NetworkShape:
        """The modules by name. Their token counts are not known before a call and given as 1."""
        sites = tuple(
            SiteShape(name=name, kind=branch.kind, block=place.index, tokens=1)
            for place in self.places
            for name, branch in zip(_site_names(place), place.branches, strict=True)
        )
        return NetworkShape(blocks=len(self.places), sites=sites)

    def site(self, name: str) -> tuple[BlockPlace, Branch] | None:
        """The module of this name, as `shape` names it; None when there is none."""
        for place in self.places:
            for known, branch in zip(_site_names(place), place.branches, strict=True):
                if known == name:
                    return place, branch
        return None

    def is_compiled(self) -> bool:
        """Whether a block was compiled by itself, as `compile_repeated_blocks` does."""
        return any(
            getattr(place.block, "_compiled_call_impl", None) is not None for place in self.places
        )


class BlockCall:
    """One call of one block: its streams, by the names of the block's stage."""

    def __init__(
        self,
        place: BlockPlace,
        passed: tuple[Sequence[Any], Mapping[str, Any]],
        extra: Mapping[str, Any],
    ) -> None:
        self.place = place
        self.args, self.kwargs = passed
        self._extra = extra

    @cached_property
    def arguments(self) -> Mapping[str, Any]:
        """The block's arguments by name, and what the layout adds to them."""
        return {**by_name(self.place.parameters, self.args, self.kwargs), **self._extra}

    @property
    def hidden(self) -> Tensor:
        """The stream that carries the image tokens, as the block gets it."""
        hidden: Tensor = self.arguments[self.place.stage.hidden]
        return hidden

    @property
    def encoder(self) -> Tensor | None:
        """The stream of text tokens; None where there is none."""
        name = self.place.stage.encoder
        return None if name is None else self.arguments.get(name)

    def image(self, hidden: Tensor) -> Tensor:
        """The image tokens of a hidden stream of this block."""
        return self.place.stage.image(hidden, self.arguments)

    def kept(self, stream: Tensor) -> Tensor:
        """A stream that stays as it is while blocks run: itself, or a copy."""
        return stream.clone() if self.place.stage.is_in_place else stream

    def results(self, output: Any) -> Mapping[str, Any]:
        """A block's output by the names of its streams."""
        names = self.place.stage.returns
        return {names[0]: output} if len(names) == 1 else dict(zip(names, output, strict=True))

    def passed_through(self, hidden: Tensor, encoder: Tensor | None) -> Any:
        """What the block returns when it changes nothing but what is given here."""
        stage = self.place.stage
        streams = {stage.hidden: hidden, stage.encoder: encoder}
        returned = tuple(streams[name] for name in stage.returns)
        return returned[0] if len(returned) == 1 else returned


def _places(transformer: nn.Module, layout: ModelLayout) -> Iterator[BlockPlace]:
    index = 0
    for stage in layout.stages:
        for block in getattr(transformer, stage.blocks):
            yield BlockPlace(index, stage, block, stage.parameters or parameter_names(block))
            index += 1


def _site_names(place: BlockPlace) -> Iterator[str]:
    """`blocks.3.mlp`; a second branch of one kind in a block is `blocks.3.mlp-2`."""
    seen: dict[str, int] = {}
    for branch in place.branches:
        seen[branch.kind] = seen.get(branch.kind, 0) + 1
        number = "" if seen[branch.kind] == 1 else f"-{seen[branch.kind]}"
        yield f"blocks.{place.index}.{branch.kind}{number}"
