"""One call of a transformer as plain PyTorch hooks see it: its blocks, branches and head."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from tiny_model import Inputs
from torch import Tensor, nn

from forecache.hosting.layout import IMAGE_TOKENS, ModelLayout, Stage


@dataclass
class RecordedBlock:
    """A block's arguments, its residual on image tokens, its branches' features and gates."""

    block: nn.Module
    arguments: dict[str, Any]
    features: list[Tensor] = field(default_factory=list)
    gates: tuple[Tensor | None, ...] = ()
    residual: Tensor | None = None


@dataclass
class RecordedCall:
    """`blocks` in the order in which they ran, and the first argument of the head."""

    blocks: list[RecordedBlock] = field(default_factory=list)
    head_input: Tensor | None = None

    @property
    def head(self) -> Tensor:
        assert self.head_input is not None, "the head did not run"
        return self.head_input


@torch.no_grad()
def record_call(transformer: nn.Module, layout: ModelLayout, inputs: Inputs) -> RecordedCall:
    """A call computed in full."""
    call = RecordedCall()
    extra = _image_tokens(transformer, layout, inputs)
    with ExitStack() as hooks:
        hooks.callback(_hook_head(transformer, layout, call).remove)
        for stage in layout.stages:
            for block in getattr(transformer, stage.blocks):
                hooks.enter_context(_hooked_block(block, stage, layout, call, extra))
        transformer(**inputs)
    return call


@torch.no_grad()
def head_without_blocks(transformer: nn.Module, layout: ModelLayout, inputs: Inputs) -> Tensor:
    """P: the head's input when every block returns what it got."""
    call = RecordedCall()
    with ExitStack() as hooks:
        hooks.callback(_hook_head(transformer, layout, call).remove)
        for stage in layout.stages:
            for block in getattr(transformer, stage.blocks):
                hooks.enter_context(_passed_through(block, stage))
        transformer(**inputs)
    return call.head


def block_arguments(block: nn.Module, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments of a block's call by parameter name."""
    return dict(inspect.signature(type(block).forward).bind(block, *args, **kwargs).arguments)


def _image_tokens(transformer: nn.Module, layout: ModelLayout, inputs: Inputs) -> dict[str, int]:
    if layout.image_tokens is None:
        return {}
    return {IMAGE_TOKENS: layout.image_tokens(transformer, inputs)}


def _hook_head(transformer: nn.Module, layout: ModelLayout, call: RecordedCall) -> Any:
    def keep(_module: nn.Module, args: Any) -> None:
        assert call.head_input is None, "the head ran twice"
        call.head_input = args[0].clone()

    return getattr(transformer, layout.head).register_forward_pre_hook(keep)


@contextmanager
def _hooked_block(
    block: nn.Module,
    stage: Stage,
    layout: ModelLayout,
    call: RecordedCall,
    extra: dict[str, int],
) -> Iterator[None]:
    def begin(_module: nn.Module, args: Any, kwargs: Any) -> None:
        arguments = block_arguments(block, args, kwargs) | extra
        assert layout.block_modulation is not None
        gates = layout.gates(block, layout.block_modulation(block, arguments))
        call.blocks.append(RecordedBlock(block, arguments, gates=gates))

    def end(_module: nn.Module, _args: Any, output: Any) -> None:
        made = output if len(stage.returns) == 1 else output[stage.returns.index(stage.hidden)]
        arguments = call.blocks[-1].arguments
        before = stage.image(arguments[stage.hidden], arguments)
        call.blocks[-1].residual = stage.image(made, arguments) - before

    with ExitStack() as hooks:
        hooks.callback(block.register_forward_pre_hook(begin, with_kwargs=True).remove)
        hooks.callback(block.register_forward_hook(end).remove)
        for branch in stage.branches(block):

            def keep(
                _module: nn.Module, _args: Any, output: Any, select: Any = branch.select
            ) -> None:
                recorded = call.blocks[-1]
                recorded.features.append(select(output, recorded.arguments).clone())

            module = block.get_submodule(branch.module)
            hooks.callback(module.register_forward_hook(keep).remove)
        yield


@contextmanager
def _passed_through(block: nn.Module, stage: Stage) -> Iterator[None]:
    def forward(*args: Any, **kwargs: Any) -> Any:
        arguments = block_arguments(block, args, kwargs)
        returned = tuple(arguments[name] for name in stage.returns)
        return returned[0] if len(returned) == 1 else returned

    block.forward = forward
    try:
        yield
    finally:
        del block.forward
