"""HiDream-I1 as `HiDreamImageTransformer2DModel`: two-stream blocks, then one stream of all tokens.

The mlp is a mixture of experts. A single-stream block gets image tokens first, then text, and is
not told how many of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import (
    conditioning_of_block,
)
from forecache.hosting.gates.shared_blocks import hidream_gates
from forecache.hosting.layout import (
    IMAGE_TOKENS,
    BlockArguments,
    Branch,
    ModelLayout,
    Stage,
)
from forecache.hosting.selections import first, whole


def _image(output: Any, arguments: BlockArguments) -> Tensor:
    tensor: Tensor = output[:, : arguments[IMAGE_TOKENS]]
    return tensor


def _double_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "block.attn1", first), Branch("mlp", "block.ff_i", whole)


def _single_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "block.attn1", _image), Branch("mlp", "block.ff_i", _image)


def _image_tokens(transformer: Any, arguments: Mapping[str, Any]) -> int:
    hidden = arguments["hidden_states"]
    if arguments.get("hidden_states_masks") is not None:
        return int(hidden.shape[1])
    height, width = hidden.shape[-2:]
    if height != width:
        # Such latents are padded to the longest sequence that the model knows.
        return int(transformer.max_seq)
    return int(height // transformer.config.patch_size) ** 2


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    hidden = arguments["hidden_states"]
    pooled = conditioning_rows(arguments["pooled_embeds"], timesteps.shape[0], hidden.shape[0])
    rows = timestep_rows(timesteps, arguments, "timesteps")
    modulation: Tensor = transformer.t_embedder(rows, hidden.dtype) + transformer.p_embedder(pooled)
    return modulation


HIDREAM = ModelLayout(
    class_name="HiDreamImageTransformer2DModel",
    stages=(
        Stage(
            "double_stream_blocks",
            returns=("hidden_states", "encoder_hidden_states"),
            branches=_double_branches,
        ),
        Stage(
            "single_stream_blocks",
            returns=("hidden_states",),
            branches=_single_branches,
            encoder=None,
            image=_image,
        ),
    ),
    head="final_layer",
    gates=hidream_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    image_tokens=_image_tokens,
    timestep="timesteps",
)
