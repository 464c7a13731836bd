"""HunyuanVideo 1 and 1.5, and HunyuanImage: FLUX's blocks with the image before the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks, first_of, only_hidden_with
from forecache_comfyui.layouts.image_tokens import image_first, patches
from forecache_comfyui.layouts.without_branches import no_branches, no_gates, no_modulation

_REFERENCE = "a reference latent (its tokens go through the blocks but not to the head)"


def _image_tokens(network: Any, arguments: Mapping[str, Any]) -> int:
    return patches(arguments["x"], network.patch_size)


HUNYUAN_VIDEO = ModelLayout(
    class_name="HunyuanVideo",
    stages=(
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
            image=image_first,
            is_in_place=True,
        ),
    ),
    head="final_layer",
    gates=no_gates,
    block_modulation=no_modulation,
    image_tokens=_image_tokens,
    input="x",
    refusal=first_of(between_blocks, only_hidden_with("ref_latent", _REFERENCE)),
)
