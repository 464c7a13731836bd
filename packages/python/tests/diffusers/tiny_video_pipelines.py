"""Pipelines of the video models."""

from __future__ import annotations

from typing import Any

import diffusers
from tiny_model import Noise, padded_mask
from tiny_pipeline import Call, flow_match, latent_call, without_encoders
from tiny_video_models import COGVIDEOX, FRAMEPACK, HUNYUAN_VIDEO, LTX, WAN


def _video_autoencoder() -> Any:
    return diffusers.AutoencoderKLHunyuanVideo(
        latent_channels=4,
        down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
    ).eval()


def _wan_prompt(noise: Noise) -> Call:
    return {
        "prompt_embeds": noise(1, 12, 16),
        "negative_prompt_embeds": noise(1, 12, 16),
        "num_frames": 5,
        "height": 64,
        "width": 64,
    }


def wan_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Wan 2.1: two calls a step, in cache contexts."""
    noise = Noise(8)
    pipe = without_encoders("WanPipeline", transformer=WAN.build(), scheduler=flow_match())
    return pipe, latent_call(steps, noise, 1, 4, 2, 8, 8, **_wan_prompt(noise))


def wan_two_transformers_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Wan 2.2: the second transformer takes over below half of the timesteps."""
    noise = Noise(9)
    pipe = without_encoders(
        "WanPipeline",
        transformer=WAN.build(0),
        transformer_2=WAN.build(1),
        boundary_ratio=0.5,
        scheduler=flow_match(),
    )
    return pipe, latent_call(steps, noise, 1, 4, 2, 8, 8, **_wan_prompt(noise))


def hunyuan_video_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """One call a step: guidance is an input of the network."""
    noise = Noise(10)
    pipe = without_encoders(
        "HunyuanVideoPipeline", transformer=HUNYUAN_VIDEO.build(), scheduler=flow_match()
    )
    prompt = {
        "prompt_embeds": noise(1, 12, 16),
        "pooled_prompt_embeds": noise(1, 8),
        "prompt_attention_mask": padded_mask(1, 12),
        "num_frames": 5,
        "height": 32,
        "width": 32,
    }
    return pipe, latent_call(steps, noise, 1, 4, 2, 4, 4, **prompt)


def framepack_pipeline(steps: int = 4) -> tuple[Any, Call]:
    """Two sections: two denoising loops in one call of the pipeline, `2 * steps` calls in all."""
    noise = Noise(13)
    pipe = without_encoders(
        "HunyuanVideoFramepackPipeline",
        transformer=FRAMEPACK.build(),
        scheduler=flow_match(),
        vae=_video_autoencoder(),
    )
    embedded = noise(1, 3, 16)
    pipe.encode_image = lambda *_args, **_kwargs: embedded
    call = {
        "image": noise(1, 3, 64, 64).sigmoid(),
        "prompt_embeds": noise(1, 12, 16),
        "pooled_prompt_embeds": noise(1, 8),
        "prompt_attention_mask": padded_mask(1, 12),
        "num_frames": 18,
        "latent_window_size": 3,
        "height": 64,
        "width": 64,
        "num_inference_steps": steps,
        "output_type": "latent",
    }
    return pipe, call


def ltx_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Guidance batched in one call, in a cache context."""
    noise = Noise(11)
    pipe = without_encoders(
        "LTXPipeline",
        transformer=LTX.build(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    )
    prompt = {
        "prompt_embeds": noise(1, 8, 16),
        "prompt_attention_mask": padded_mask(1, 8),
        "negative_prompt_embeds": noise(1, 8, 16),
        "negative_prompt_attention_mask": padded_mask(1, 8),
        "num_frames": 9,
        "height": 128,
        "width": 128,
    }
    return pipe, latent_call(steps, noise, 1, 32, 4, **prompt)


def cogvideox_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Guidance batched in one call, in a cache context; its own DDIM."""
    noise = Noise(12)
    pipe = without_encoders(
        "CogVideoXPipeline",
        transformer=COGVIDEOX.build(),
        scheduler=diffusers.CogVideoXDDIMScheduler(),
    )
    prompt = {
        "prompt_embeds": noise(1, 8, 8),
        "negative_prompt_embeds": noise(1, 8, 8),
        "num_frames": 1,
        "height": 64,
        "width": 64,
    }
    return pipe, latent_call(steps, noise, 1, 1, 4, 8, 8, **prompt)
