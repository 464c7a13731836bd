"""Kandinsky 5: one stream, text by cross-attention, all branches gated.

The head gets the tokens in frames, rows and columns.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole
from forecache_comfyui.layouts.call_refusals import between_blocks


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (
        Branch("attention", "self_attention", whole),
        Branch("cross-attention", "cross_attention", whole),
        Branch("mlp", "feed_forward", whole),
    )


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    modulation: Tensor = arguments["time_embed"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    # Shift, scale and gate of each branch.
    parts = block.visual_modulation(modulation).chunk(9, dim=-1)
    return tuple(parts[2::3])


KANDINSKY = ModelLayout(
    class_name="Kandinsky5",
    stages=(
        Stage(
            "visual_transformer_blocks",
            returns=("visual_embed",),
            branches=_branches,
            hidden="visual_embed",
            encoder=None,
        ),
    ),
    head="out_layer",
    gates=_gates,
    block_modulation=_block_modulation,
    input="x",
    refusal=between_blocks,
)
