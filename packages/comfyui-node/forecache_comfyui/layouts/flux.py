"""FLUX.1, FLUX.2 and Kontext as `Flux`, and Chroma: two-stream blocks, then one stream, text first.

Attention and mlp are written out in the blocks, which change the streams they are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks
from forecache_comfyui.layouts.image_tokens import image_last, patches
from forecache_comfyui.layouts.without_branches import no_branches, no_gates, no_modulation

_STAGES = (
    Stage(
        "double_blocks",
        returns=("img", "txt"),
        branches=no_branches,
        hidden="img",
        encoder="txt",
        is_in_place=True,
    ),
    Stage(
        "single_blocks",
        returns=("x",),
        branches=no_branches,
        hidden="x",
        encoder=None,
        image=image_last,
        is_in_place=True,
    ),
)


def _image_tokens(network: Any, arguments: Mapping[str, Any]) -> int:
    """Of the picture and of the pictures it refers to, which go through the head too."""
    pictures = [arguments["x"], *(arguments.get("ref_latents") or ())]
    return sum(patches(each, (network.patch_size, network.patch_size)) for each in pictures)


FLUX = ModelLayout(
    class_name="Flux",
    stages=_STAGES,
    head="final_layer",
    gates=no_gates,
    block_modulation=no_modulation,
    image_tokens=_image_tokens,
    input="x",
    refusal=between_blocks,
)


def _tokens_of_one_picture(network: Any, arguments: Mapping[str, Any]) -> int:
    return patches(arguments["x"], (network.patch_size, network.patch_size))


CHROMA = ModelLayout(
    class_name="Chroma",
    stages=_STAGES,
    head="final_layer",
    gates=no_gates,
    block_modulation=no_modulation,
    image_tokens=_tokens_of_one_picture,
    input="x",
    refusal=between_blocks,
)


def _latent_tokens(_network: Any, arguments: Mapping[str, Any]) -> int:
    tokens: int = arguments["x"].shape[-1]
    return tokens


HUNYUAN_3D = ModelLayout(
    class_name="Hunyuan3Dv2",
    stages=_STAGES,
    head="final_layer",
    gates=no_gates,
    block_modulation=no_modulation,
    image_tokens=_latent_tokens,
    input="x",
    refusal=between_blocks,
)
"""Shapes instead of pictures: the latents are tokens already."""
