"""Qwen-Image as `QwenImageTransformer2DModel`: two streams, conditioned on the timestep alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import (
    conditioning_of_block,
)
from forecache.hosting.gates.shared_blocks import qwen_image_gates
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.hosting.selections import first, whole
from forecache.plan import Granularity


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn", first), Branch("mlp", "img_mlp", whole)


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    hidden, addition = arguments["hidden_states"], arguments.get("additional_t_cond")
    if addition is not None:
        addition = conditioning_rows(addition, timesteps.shape[0], hidden.shape[0])
    rows = timestep_rows(timesteps, arguments).to(hidden.dtype)
    # The embedder takes only the type of its second argument.
    modulation: Tensor = transformer.time_text_embed(rows, hidden, addition)
    return modulation


def _refusal(
    transformer: Any, _arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    if granularity is Granularity.MODULE and transformer.zero_cond_t:
        return "zero_cond_t (gates differ from token to token)"
    return None


QWEN_IMAGE = ModelLayout(
    class_name="QwenImageTransformer2DModel",
    stages=(
        Stage(
            "transformer_blocks",
            returns=("encoder_hidden_states", "hidden_states"),
            branches=_branches,
        ),
    ),
    head="norm_out",
    gates=qwen_image_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    refusal=_refusal,
)
