"""LTX-Video as `LTXVModel`: text by cross-attention, blocks that change the stream they get."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from forecache.hosting.gates.adaptive_norm import table_gates
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole
from forecache_comfyui.layouts.call_refusals import between_blocks, first_of, one_timestep


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (
        Branch("attention", "attn1", whole),
        Branch("cross-attention", "attn2", whole),
        Branch("mlp", "ff", whole),
    )


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    # The model hands its blocks the embedding `[batch, 1, 6 * width]` under this name.
    modulation: Tensor = arguments["timestep"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    attention, mlp = table_gates(block.scale_shift_table.to(modulation), modulation)
    return attention, None, mlp


LTX = ModelLayout(
    class_name="LTXVModel",
    stages=(
        Stage(
            "transformer_blocks",
            returns=("x",),
            branches=_branches,
            hidden="x",
            encoder=None,
            is_in_place=True,
        ),
    ),
    head="norm_out",
    gates=_gates,
    block_modulation=_block_modulation,
    input="x",
    refusal=first_of(between_blocks, one_timestep("timestep")),
)
