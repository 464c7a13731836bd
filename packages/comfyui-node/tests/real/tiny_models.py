"""Tiny models of ComfyUI's classes, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tiny_configs import (
    CHROMA,
    CONTEXT,
    COSMOS,
    FLUX,
    HIDREAM,
    HUNYUAN_VIDEO,
    LTXV,
    LUMINA,
    MOCHI,
    PIXART,
    POOLED,
    QWEN_IMAGE,
    SD3,
    WAN,
)


@dataclass(frozen=True)
class TinyModel:
    """One kind of model.

    config: class in `comfy.supported_models`. unet: its `unet_config`, as detection would make it.
    blocks: paths of the lists of blocks. head: path of the module that makes the output.
    context, pooled: widths of the text features. is_video: latents have frames.
    class_name: name that the network's class gets instead of its own.
    llama: shape of the extra text features `[layers, width]` of HiDream.
    control: which residuals of a ControlNet the network adds, and their width; None: none.
    is_masked: it must be told which text tokens count. frames: of its latents, where the class
        takes one number only. magnified: how many times larger its latents have to be.
    options: module and class whose parameters `unet` is for; older versions have fewer.
    """

    config: str
    unet: Mapping[str, Any]
    blocks: tuple[str, ...]
    head: str
    context: int = CONTEXT
    pooled: int = POOLED
    is_video: bool = False
    class_name: str | None = None
    llama: tuple[int, int] | None = None
    control: tuple[str, int] | None = None
    is_masked: bool = False
    frames: int | None = None
    magnified: int = 1
    options: str | None = None


_STREAMS = ("double_blocks", "single_blocks")

TINY_MODELS: Mapping[str, TinyModel] = {
    "flux": TinyModel(
        "Flux",
        FLUX,
        _STREAMS,
        "final_layer.linear",
        control=("input", 64),
        options="comfy.ldm.flux.model:FluxParams",
    ),
    "chroma": TinyModel(
        "Chroma",
        CHROMA,
        _STREAMS,
        "final_layer.linear",
        control=("input", 64),
        options="comfy.ldm.chroma.model:ChromaParams",
    ),
    "hunyuan-video": TinyModel(
        "HunyuanVideo",
        HUNYUAN_VIDEO,
        _STREAMS,
        "final_layer.linear",
        is_video=True,
        control=("input", 64),
        options="comfy.ldm.hunyuan_video.model:HunyuanVideoParams",
    ),
    "wan": TinyModel("WAN21_T2V", WAN, ("blocks",), "head.head", is_video=True),
    "sd3": TinyModel("SD3", SD3, ("joint_blocks",), "final_layer.linear", control=("output", 128)),
    "qwen-image": TinyModel(
        "QwenImage", QWEN_IMAGE, ("transformer_blocks",), "proj_out", is_video=True, frames=1
    ),
    "hidream": TinyModel(
        "HiDream",
        HIDREAM,
        ("double_stream_blocks", "single_stream_blocks"),
        "final_layer.linear",
        llama=(2, CONTEXT),
    ),
    "lumina": TinyModel(
        "Lumina2",
        LUMINA,
        ("layers",),
        "final_layer.linear",
        is_masked=True,
        options="comfy.ldm.lumina.model:NextDiT",
    ),
    "ltxv": TinyModel(
        "LTXV", LTXV, ("transformer_blocks",), "proj_out", is_video=True, is_masked=True
    ),
    "cosmos-predict2": TinyModel(
        "CosmosT2IPredict2", COSMOS, ("blocks",), "final_layer.linear", is_video=True
    ),
    "mochi": TinyModel(
        "GenmoMochi", MOCHI, ("blocks",), "final_layer.linear", is_video=True, is_masked=True
    ),
    "pixart": TinyModel("PixArtSigma", PIXART, ("blocks",), "final_layer.linear", magnified=5),
    "unknown": TinyModel(
        "Flux",
        FLUX,
        _STREAMS,
        "final_layer.linear",
        class_name="Unheard",
        control=("input", 64),
        options="comfy.ldm.flux.model:FluxParams",
    ),
}
"""By kind. A ComfyUI without the class lacks the kind."""
