"""PixArt-alpha and -sigma as `PixArtMS`: adaLN-single, text by cross-attention."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from forecache.hosting.gates.adaptive_norm import table_gates
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole
from forecache_comfyui.layouts.call_refusals import between_blocks


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (
        Branch("attention", "attn", whole),
        Branch("cross-attention", "cross_attn", whole),
        Branch("mlp", "mlp", whole),
    )


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    modulation: Tensor = arguments["t"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    attention, mlp = table_gates(block.scale_shift_table.to(modulation), modulation)
    return attention, None, mlp


PIXART = ModelLayout(
    class_name="PixArtMS",
    stages=(Stage("blocks", returns=("x",), branches=_branches, hidden="x", encoder=None),),
    head="final_layer",
    gates=_gates,
    block_modulation=_block_modulation,
    timestep="timesteps",
    input="x",
    refusal=between_blocks,
)
