"""Stable Diffusion 3 and 3.5 as `SD3Transformer2DModel`: two streams.

Some blocks of 3.5 have a second attention, over image tokens alone. The last block drops the text
stream: it returns None for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import (
    ATTENTION_GATE,
    MLP_GATE,
    conditioning_of_block,
    zero_gates,
)
from forecache.hosting.gates.linear_parts import linear_parts
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.hosting.selections import first, whole
from forecache.plan import Granularity

_SECOND_ATTENTION_GATE = 8


def _branches(block: Any) -> tuple[Branch, ...]:
    attention, mlp = Branch("attention", "attn", first), Branch("mlp", "ff", whole)
    if block.use_dual_attention:
        return attention, Branch("attention", "attn2", whole), mlp
    return attention, mlp


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    pooled = arguments["pooled_projections"]
    rows = conditioning_rows(pooled, timesteps.shape[0], arguments["hidden_states"].shape[0])
    modulation: Tensor = transformer.time_text_embed(timestep_rows(timesteps, arguments), rows)
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    if not block.use_dual_attention:
        return zero_gates(block.norm1, modulation)
    wanted = (ATTENTION_GATE, _SECOND_ATTENTION_GATE, MLP_GATE)
    return linear_parts(block.norm1.linear, block.norm1.silu(modulation), 9, wanted)


def _refusal(
    transformer: Any, arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    if arguments.get("skip_layers") is not None:
        return "skip_layers (the call runs fewer blocks than the others)"
    if granularity is Granularity.MODULE and transformer.transformer_blocks[0]._chunk_size:
        return "forward chunking (an mlp's output comes in pieces)"
    return None


STABLE_DIFFUSION_3 = ModelLayout(
    class_name="SD3Transformer2DModel",
    stages=(
        Stage(
            "transformer_blocks",
            returns=("encoder_hidden_states", "hidden_states"),
            branches=_branches,
        ),
    ),
    head="norm_out",
    gates=_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    refusal=_refusal,
)
