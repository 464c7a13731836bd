"""CogVideoX as `CogVideoXTransformer3DModel`: two streams that share attention and mlp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import ATTENTION_GATE, conditioning_of_block
from forecache.hosting.gates.linear_parts import linear_parts
from forecache.hosting.layout import Branch, ModelLayout, Stage
from forecache.hosting.selections import after_text, first


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn1", first), Branch("mlp", "ff", after_text)


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    hidden = arguments["hidden_states"]
    calls, batch = timesteps.shape[0], hidden.shape[0]
    condition = arguments.get("timestep_cond")
    if condition is not None:
        condition = conditioning_rows(condition, calls, batch)
    projected = transformer.time_proj(timestep_rows(timesteps, arguments)).to(hidden.dtype)
    modulation: Tensor = transformer.time_embedding(projected, condition)
    if transformer.ofs_embedding is None:
        return modulation
    offset = transformer.ofs_proj(conditioning_rows(arguments["ofs"], calls, batch))
    shift: Tensor = transformer.ofs_embedding(offset.to(hidden.dtype))
    return modulation + shift


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    def gate(norm: Any) -> Tensor:
        # Shift, scale and gate of the video tokens, then of the text tokens.
        return linear_parts(norm.linear, norm.silu(modulation), 6, (ATTENTION_GATE,))[0]

    return gate(block.norm1), gate(block.norm2)


COGVIDEOX = ModelLayout(
    class_name="CogVideoXTransformer3DModel",
    stages=(
        Stage(
            "transformer_blocks",
            returns=("hidden_states", "encoder_hidden_states"),
            branches=_branches,
        ),
    ),
    head="norm_final",
    gates=_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
)
