"""Diffusers pipelines around the tiny transformers, by name; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiny_image_pipelines import (
    dit_pipeline,
    flux_guided_pipeline,
    flux_image_to_image_pipeline,
    flux_pipeline,
    hidream_pipeline,
    pixart_pipeline,
    qwen_image_pipeline,
    stable_diffusion_3_heun_pipeline,
    stable_diffusion_3_pipeline,
)
from tiny_pipeline import Call, generate
from tiny_video_pipelines import (
    cogvideox_pipeline,
    framepack_pipeline,
    hunyuan_video_pipeline,
    ltx_pipeline,
    wan_pipeline,
    wan_two_transformers_pipeline,
)

PIPELINES: dict[str, Callable[[int], tuple[Any, Call]]] = {
    "dit": dit_pipeline,
    "flux": flux_pipeline,
    "flux with true guidance": flux_guided_pipeline,
    "flux image to image": flux_image_to_image_pipeline,
    "sd3": stable_diffusion_3_pipeline,
    "sd3 with heun": stable_diffusion_3_heun_pipeline,
    "pixart": pixart_pipeline,
    "qwen image": qwen_image_pipeline,
    "hidream": hidream_pipeline,
    "wan": wan_pipeline,
    "wan with two transformers": wan_two_transformers_pipeline,
    "hunyuan video": hunyuan_video_pipeline,
    "framepack": framepack_pipeline,
    "ltx": ltx_pipeline,
    "cogvideox": cogvideox_pipeline,
}
"""Builders, steps -> (pipeline, arguments of a call), by name."""

__all__ = [
    "PIPELINES",
    "Call",
    "cogvideox_pipeline",
    "dit_pipeline",
    "flux_guided_pipeline",
    "flux_image_to_image_pipeline",
    "flux_pipeline",
    "framepack_pipeline",
    "generate",
    "hidream_pipeline",
    "hunyuan_video_pipeline",
    "ltx_pipeline",
    "pixart_pipeline",
    "qwen_image_pipeline",
    "stable_diffusion_3_heun_pipeline",
    "stable_diffusion_3_pipeline",
    "wan_pipeline",
    "wan_two_transformers_pipeline",
]
