"""FLUX.1, FLUX.2 and Kontext as `Flux`, and Chroma: two-stream blocks, then one stream, text first.

Attention and mlp are written out in the blocks, which change the streams they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor

from forecache.hosting.layout import BlockArguments, ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks
from forecache_comfyui.layouts.image_tokens import image_last, patches


def two_kinds_of_blocks(image: Callable[[Tensor, BlockArguments], Tensor]) -> tuple[Stage, ...]:
    """Blocks with a stream each for image and text, then blocks with both in one.

    image: the image tokens of the one stream.
    """
    return (
        Stage(
            "double_blocks",
            returns=("img", "txt"),
            hidden="img",
            encoder="txt",
            is_in_place=True,
        ),
        Stage(
            "single_blocks",
            returns=("x",),
            hidden="x",
            encoder=None,
            image=image,
            is_in_place=True,
        ),
    )


def _image_tokens(network: Any, arguments: Mapping[str, Any]) -> int:
    """Of the picture and of the pictures it refers to, which go through the head too."""
    pictures = [arguments["x"], *(arguments.get("ref_latents") or ())]
    return sum(patches(each, (network.patch_size, network.patch_size)) for each in pictures)


FLUX = ModelLayout(
    class_name="Flux",
    stages=two_kinds_of_blocks(image_last),
    head="final_layer",
    image_tokens=_image_tokens,
    input="x",
    refusal=between_blocks,
)


def _tokens_of_one_picture(network: Any, arguments: Mapping[str, Any]) -> int:
    return patches(arguments["x"], (network.patch_size, network.patch_size))


CHROMA = replace(FLUX, class_name="Chroma", image_tokens=_tokens_of_one_picture)


def _latent_tokens(_network: Any, arguments: Mapping[str, Any]) -> int:
    tokens: int = arguments["x"].shape[-1]
    return tokens


HUNYUAN_3D = replace(FLUX, class_name="Hunyuan3Dv2", image_tokens=_latent_tokens)
"""Shapes instead of pictures: the latents are tokens already."""
