"""LTX-Video as `LTXVideoTransformer3DModel`: one stream, text by cross-attention."""

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
        Branch("mlp", "ff", whole),
    )


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    rows = timestep_rows(timesteps, arguments)
    modulation: Tensor = transformer.time_embed(
        rows, batch_size=rows.shape[0], hidden_dtype=arguments["hidden_states"].dtype
    )[0]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    attention, mlp = table_gates(block.scale_shift_table, modulation)
    return attention, None, mlp


def _refusal(
    _transformer: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    rows = arguments["hidden_states"].shape[0]
    if granularity is Granularity.MODULE and arguments["timestep"].numel() > rows:
        return "a timestep for every token (gates differ from token to token)"
    return None


LTX = ModelLayout(
    class_name="LTXVideoTransformer3DModel",
    stages=(Stage("transformer_blocks", returns=("hidden_states",), branches=_branches),),
    head="norm_out",
    gates=_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    refusal=_refusal,
)
