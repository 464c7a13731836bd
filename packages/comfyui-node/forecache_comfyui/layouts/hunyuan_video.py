"""HunyuanVideo 1 and 1.5, and HunyuanImage: FLUX's blocks with the image before the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forecache_comfyui.layouts.call_refusals import between_blocks, first_of, only_hidden_with
from forecache_comfyui.layouts.flux import FLUX, two_kinds_of_blocks
from forecache_comfyui.layouts.image_tokens import image_first, patches

_REFERENCE = "a reference latent (its tokens go through the blocks but not to the head)"


def _image_tokens(network: Any, arguments: Mapping[str, Any]) -> int:
    return patches(arguments["x"], network.patch_size)


HUNYUAN_VIDEO = replace(
    FLUX,
    class_name="HunyuanVideo",
    stages=two_kinds_of_blocks(image_first),
    image_tokens=_image_tokens,
    refusal=first_of(between_blocks, only_hidden_with("ref_latent", _REFERENCE)),
)
