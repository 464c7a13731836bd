"""Gates out of Diffusers' modulations: shifts, scales and gates lie side by side in one tensor.

Six parts: shift, scale and gate of the attention, then of the mlp. So the gates are parts 2 and 5.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from forecache.hosting.gates.linear_parts import linear_parts

ATTENTION_GATE = 2
MLP_GATE = 5


def zero_gates(norm: Any, conditioning: Tensor) -> tuple[Tensor, Tensor]:
    """Gates of attention and mlp from an `AdaLayerNormZero` and its input, all `[rows, width]`."""
    wanted = (ATTENTION_GATE, MLP_GATE)
    attention, mlp = linear_parts(norm.linear, norm.silu(conditioning), 6, wanted)
    return attention, mlp


def single_gate(norm: Any, conditioning: Tensor) -> Tensor:
    """The one gate, `[rows, width]`, of an `AdaLayerNormZeroSingle`: shift, scale, gate."""
    return linear_parts(norm.linear, norm.silu(conditioning), 3, (ATTENTION_GATE,))[0]


def double_or_single_gates(block: Any, conditioning: Tensor) -> tuple[Tensor, ...]:
    """Gates of a two-stream block, or the one of a block with attention and mlp side by side."""
    if hasattr(block, "norm1"):
        return zero_gates(block.norm1, conditioning)
    return (single_gate(block.norm, conditioning),)


def table_gates(table: Tensor, modulation: Tensor) -> tuple[Tensor, Tensor]:
    """Gates of attention and mlp, each `[rows, width]`, where a block adds a table of its own.

    table: `[6, width]` or `[1, 6, width]`, learnt per block (adaLN-single, Chen et al. 2023).
    modulation: `[rows, 6 * width]` or the same numbers in more dimensions.
    """
    rows = modulation.shape[0]
    parts = table.reshape(1, 6, -1) + modulation.reshape(rows, 6, -1)
    return parts[:, ATTENTION_GATE], parts[:, MLP_GATE]


def conditioning_of_block(_block: nn.Module, arguments: Any) -> Tensor:
    """The conditioning that most classes hand to their blocks as `temb`."""
    temb: Tensor = arguments["temb"]
    return temb
