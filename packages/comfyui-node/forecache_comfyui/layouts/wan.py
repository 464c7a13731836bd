"""Wan 2.1 and 2.2 as `WanModel`, and the classes derived from it: text by cross-attention.

A derived class has a layout of its own, because each has a forward of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from forecache.hosting.gates.adaptive_norm import table_gates
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole
from forecache_comfyui.layouts.call_refusals import (
    between_blocks,
    first_of,
    no_module_with,
    one_timestep,
    only_hidden,
    only_hidden_with,
)


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (
        Branch("attention", "self_attn", whole),
        Branch("cross-attention", "cross_attn", whole),
        Branch("mlp", "ffn", whole),
    )


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    """`[batch, 6, width]`, in newer versions `[batch, 1, 6, width]`."""
    modulation: Tensor = arguments["e"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    attention, mlp = table_gates(block.modulation.to(modulation), modulation)
    return attention, None, mlp


_BLOCKS = Stage("blocks", returns=("x",), hidden="x", encoder=None)

_BRANCHLESS = ModelLayout(class_name="WanModel", stages=(_BLOCKS,), head="head", input="x")
"""What all classes have, also those in which more is added than the branches."""

WAN = replace(
    _BRANCHLESS,
    stages=(replace(_BLOCKS, branches=_branches),),
    gates=_gates,
    block_modulation=_block_modulation,
    refusal=first_of(between_blocks, one_timestep("timestep")),
)

WAN_CAMERA = replace(WAN, class_name="CameraWanModel")
"""What the camera adds is added before the blocks."""

WAN_HUMO = replace(
    WAN,
    class_name="HumoWanModel",
    refusal=first_of(
        WAN.refusal, no_module_with("audio_embed", "audio (its attention is no branch of its own)")
    ),
)

WAN_VACE = replace(
    _BRANCHLESS,
    class_name="VaceWanModel",
    stages=(
        _BLOCKS,
        # Between the others: each gets the tokens of the start and of the block of its kind before.
        Stage("vace_blocks", returns=("x", "c"), hidden="x", encoder="c"),
    ),
    refusal=only_hidden("VACE (its own blocks add between the blocks)"),
)

WAN_SPEECH = replace(
    _BRANCHLESS,
    class_name="WanModel_S2V",
    stages=(_BLOCKS,),
    refusal=first_of(
        between_blocks, only_hidden_with("audio_embed", "audio (it is added between the blocks)")
    ),
)

WAN_ANIMATE = replace(
    _BRANCHLESS,
    class_name="AnimateWanModel",
    stages=(_BLOCKS,),
    refusal=first_of(
        between_blocks,
        only_hidden_with("face_pixel_values", "a face (it is added between the blocks)"),
    ),
)
