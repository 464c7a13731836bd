"""Mochi as `AsymmDiTJoint`: two streams of different widths, branches normed before their gates."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from forecache.hosting.gates.linear_parts import linear_parts
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks

_EPSILON = 1e-6
"""Of the norm behind every branch, which has no weights."""

_ATTENTION_GATE, _MLP_GATE = 1, 3
"""Of four parts: scale and gate of the attention, then of the mlp."""


def _normed(output: Tensor, _arguments: BlockArguments) -> Tensor:
    return functional.rms_norm(output, output.shape[-1:], eps=_EPSILON)


def _normed_first(output: Any, arguments: BlockArguments) -> Tensor:
    return _normed(output[0], arguments)


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn", _normed_first), Branch("mlp", "mlp_x", _normed)


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    modulation: Tensor = arguments["c"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    wanted = (_ATTENTION_GATE, _MLP_GATE)
    gates = linear_parts(block.mod_x, functional.silu(modulation), 4, wanted)
    return tuple(gate.tanh() for gate in gates)


MOCHI = ModelLayout(
    class_name="AsymmDiTJoint",
    stages=(Stage("blocks", returns=("x", "y"), branches=_branches, hidden="x", encoder="y"),),
    head="final_layer",
    gates=_gates,
    block_modulation=_block_modulation,
    input="x",
    refusal=between_blocks,
)
