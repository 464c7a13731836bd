"""Qwen-Image and Qwen-Image-Edit: two streams, conditioned on the timestep alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from forecache.hosting.gates.adaptive_norm import (
    conditioning_of_block,
)
from forecache.hosting.gates.shared_blocks import qwen_image_gates
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.hosting.selections import first, whole
from forecache.plan import Granularity
from forecache_comfyui.layouts.call_refusals import between_blocks, first_of

_AT_ZERO = "index_timestep_zero"


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn", first), Branch("mlp", "img_mlp", whole)


def _references_at_zero(
    network: Any, arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    method = arguments.get("ref_latents_method", getattr(network, "default_ref_method", None))
    is_at_zero = method == _AT_ZERO and bool(arguments.get("ref_latents"))
    if granularity is Granularity.MODULE and is_at_zero:
        return "reference latents at timestep zero (gates differ from token to token)"
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
    input="x",
    refusal=first_of(between_blocks, _references_at_zero),
)
