"""HiDream-I1: two-stream blocks, then one stream of all tokens, image first.

Every block of the second kind gets text tokens of its own behind the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from forecache.hosting.gates.shared_blocks import hidream_gates
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import first, whole
from forecache_comfyui.layouts.call_refusals import between_blocks
from forecache_comfyui.layouts.image_tokens import image_first, patches


def _double_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "block.attn1", first), Branch("mlp", "block.ff_i", whole)


def _single_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "block.attn1", image_first), Branch("mlp", "block.ff_i", image_first)


def _image_tokens(network: Any, arguments: Mapping[str, Any]) -> int:
    """A picture to edit stands beside the latents and goes through the head too."""
    latents, edited = arguments["x"], arguments.get("image_cond")
    if edited is not None:
        latents = torch.cat([latents, edited], dim=-1)
    return patches(latents, (network.patch_size, network.patch_size))


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    modulation: Tensor = arguments["adaln_input"]
    return modulation


HIDREAM = ModelLayout(
    class_name="HiDreamImageTransformer2DModel",
    stages=(
        Stage(
            "double_stream_blocks",
            returns=("image_tokens", "text_tokens"),
            branches=_double_branches,
            hidden="image_tokens",
            encoder="text_tokens",
        ),
        Stage(
            "single_stream_blocks",
            returns=("image_tokens",),
            branches=_single_branches,
            hidden="image_tokens",
            encoder=None,
            image=image_first,
        ),
    ),
    head="final_layer",
    gates=hidream_gates,
    block_modulation=_block_modulation,
    image_tokens=_image_tokens,
    timestep="t",
    input="x",
    refusal=between_blocks,
)
