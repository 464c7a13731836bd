"""FLUX.1 as `FluxTransformer2DModel`: two-stream blocks, then attention and mlp side by side.

A single-stream block's `proj_out` projects both at once, so the two are one feature (`single`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import (
    conditioning_of_block,
    double_or_single_gates,
)
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.hosting.selections import after_text, first, whole
from forecache.plan import Granularity

_RETURNS = ("encoder_hidden_states", "hidden_states")


def _double_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn", first), Branch("mlp", "ff", whole)


def _single_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (Branch("single", "proj_out", after_text),)


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    hidden = arguments["hidden_states"]
    batch, calls = hidden.shape[0], timesteps.shape[0]
    # The model's own order of rounding: into the latents' type first, then times 1000.
    embedded = [timestep_rows(timesteps, arguments).to(hidden.dtype) * 1000]
    if arguments.get("guidance") is not None:
        guidance = conditioning_rows(arguments["guidance"], calls, batch)
        embedded.append(guidance.to(hidden.dtype) * 1000)
    pooled = conditioning_rows(arguments["pooled_projections"], calls, batch)
    modulation: Tensor = transformer.time_text_embed(*embedded, pooled)
    return modulation


def _refusal(
    _transformer: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    attention = arguments.get("joint_attention_kwargs") or {}
    if granularity is Granularity.MODULE and attention.keys() & {
        "ip_adapter_image_embeds",
        "ip_hidden_states",
    }:
        return "ip-adapter (its branch is added without the block's gates)"
    return None


FLUX = ModelLayout(
    class_name="FluxTransformer2DModel",
    stages=(
        Stage("transformer_blocks", returns=_RETURNS, branches=_double_branches),
        Stage("single_transformer_blocks", returns=_RETURNS, branches=_single_branches),
    ),
    head="norm_out",
    gates=double_or_single_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    refusal=_refusal,
)
