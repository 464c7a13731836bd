"""Lumina 2 and Z-Image as `NextDiT`: one stream of text and image, all of which the head gets."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from forecache.hosting.gates.linear_parts import linear_parts
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole
from forecache_comfyui.layouts.call_refusals import between_blocks

_ATTENTION_GATE, _MLP_GATE = 1, 3
"""Of four parts: scale and gate of the attention, then of the mlp."""


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    # Branches end with a norm; the gates come behind it.
    return Branch("attention", "attention_norm2", whole), Branch("mlp", "ffn_norm2", whole)


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    modulation: Tensor = arguments["adaln_input"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    # Lumina has an activation before the linear layer, Z-Image has none.
    *activations, linear = block.adaLN_modulation
    for activation in activations:
        modulation = activation(modulation)
    gates = linear_parts(linear, modulation, 4, (_ATTENTION_GATE, _MLP_GATE))
    return tuple(gate.tanh() for gate in gates)


LUMINA = ModelLayout(
    class_name="NextDiT",
    stages=(Stage("layers", returns=("x",), branches=_branches, hidden="x", encoder=None),),
    head="final_layer",
    gates=_gates,
    block_modulation=_block_modulation,
    timestep="timesteps",
    input="x",
    refusal=between_blocks,
)
