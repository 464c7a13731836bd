"""Cosmos-Predict2 as `MiniTrainDIT`: tokens lie in frames, rows and columns, all branches gated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.plan import Granularity
from forecache_comfyui.layouts.call_refusals import between_blocks, first_of, one_timestep

_BRANCHES = {"attention": "self_attn", "cross-attention": "cross_attn", "mlp": "mlp"}
"""Modules by kind, in the order in which a block adds them."""


def _in_one_row(output: Tensor, _arguments: BlockArguments) -> Tensor:
    return output.flatten(1, -2)


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return tuple(Branch(kind, module, _in_one_row) for kind, module in _BRANCHES.items())


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    """The embedded timestep `[batch, 1, width]`, and beside it what adaLN-LoRA adds to parts."""
    embedded: Tensor = arguments["emb_B_T_D"]
    added = arguments.get("adaln_lora_B_T_3D")
    return embedded if added is None else torch.cat([embedded, added], dim=-1)


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    width = block.x_dim
    embedded, added = modulation[..., :width], modulation[..., width:]
    parts = [getattr(block, f"adaln_modulation_{name}")(embedded) for name in _BRANCHES.values()]
    if added.shape[-1] > 0:
        parts = [part + added for part in parts]
    # Three parts: shift, scale, gate.
    return tuple(part[:, 0, 2 * width :] for part in parts)


def _positions_in_blocks(
    network: Any, _arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    if granularity is Granularity.MODULE and network.extra_per_block_abs_pos_emb:
        return "positions that every block adds anew (they are no branch)"
    return None


COSMOS = ModelLayout(
    class_name="MiniTrainDIT",
    stages=(
        Stage(
            "blocks",
            returns=("x_B_T_H_W_D",),
            branches=_branches,
            hidden="x_B_T_H_W_D",
            encoder=None,
        ),
    ),
    head="final_layer",
    gates=_gates,
    block_modulation=_block_modulation,
    timestep="timesteps",
    input="x",
    refusal=first_of(between_blocks, one_timestep("timesteps"), _positions_in_blocks),
)
