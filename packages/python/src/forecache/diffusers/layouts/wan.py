"""Wan 2.1 and 2.2 as `WanTransformer3DModel`: one stream, text by cross-attention.

The gates and the head's input are float32 whatever the type of the blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import timestep_rows
from forecache.hosting.gates.adaptive_norm import conditioning_of_block, table_gates
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.hosting.selections import whole
from forecache.plan import Granularity


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (
        Branch("attention", "attn1", whole),
        Branch("cross-attention", "attn2", whole),
        Branch("mlp", "ffn", whole),
    )


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    embedder = transformer.condition_embedder
    projected = embedder.timesteps_proj(timestep_rows(timesteps, arguments))
    weights = next(embedder.time_embedder.parameters()).dtype
    if weights.is_floating_point:
        projected = projected.to(weights)
    embedded = embedder.time_embedder(projected).type_as(arguments["encoder_hidden_states"])
    modulation: Tensor = embedder.time_proj(embedder.act_fn(embedded))
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    attention, mlp = table_gates(block.scale_shift_table, modulation.float())
    return attention, None, mlp


def _refusal(
    _transformer: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    if granularity is Granularity.MODULE and arguments["timestep"].ndim > 1:
        return "a timestep for every token (gates differ from token to token)"
    return None


WAN = ModelLayout(
    class_name="WanTransformer3DModel",
    stages=(Stage("blocks", returns=("hidden_states",), branches=_branches),),
    head="norm_out",
    gates=_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    refusal=_refusal,
)
