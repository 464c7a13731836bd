"""The first block's modulated input, TeaCache's M: the input of its attention, by the block's own
norm.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from forecache.hosting.structure import BlockCall, Structure

_BY_EMBEDDING = (
    "FluxTransformerBlock",
    "HunyuanVideoTransformerBlock",
    "JointTransformerBlock",
)
"""Blocks whose `norm1(hidden, emb=temb)` answers the modulated input first."""

_BY_TIMESTEP = "BasicTransformerBlock"
"""The same from timestep and class (DiT); other blocks of this class have another norm."""


def offers_modulated_input(structure: Structure) -> bool:
    """Whether the first block's modulated input is known."""
    block: Any = structure.places[0].block
    name = type(block).__name__
    is_dit = name == _BY_TIMESTEP and getattr(block, "norm_type", None) == "ada_norm_zero"
    return name in _BY_EMBEDDING or is_dit


def modulated_input(call: BlockCall) -> Tensor:
    """M of a call of the first block, `[batch, tokens, width]`."""
    block: Any = call.place.block
    hidden, given = call.hidden, call.arguments
    if type(block).__name__ == _BY_TIMESTEP:
        answer = block.norm1(
            hidden, given["timestep"], given["class_labels"], hidden_dtype=hidden.dtype
        )
    else:
        answer = block.norm1(hidden, emb=given["temb"])
    modulated: Tensor = answer[0]
    return modulated
