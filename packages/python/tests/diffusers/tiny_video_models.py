"""Tiny transformers of the video models."""

from __future__ import annotations

import torch
from tiny_model import Inputs, Noise, TinyModel, padded_mask


def _wan(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 2, 8, 8),
        "encoder_hidden_states": noise(batch, 12, 16),
        "timestep": torch.full((batch,), int(timestep)),
    }


def _hunyuan_video(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 2, 4, 4),
        "encoder_hidden_states": noise(batch, 12, 16),
        "encoder_attention_mask": padded_mask(batch, 12),
        "pooled_projections": noise(batch, 8),
        "guidance": torch.full((batch,), 6000.0),
        "timestep": torch.full((batch,), int(timestep)),
    }


def _framepack(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 3, 8, 8),
        "encoder_hidden_states": noise(batch, 12, 16),
        "encoder_attention_mask": padded_mask(batch, 12),
        "pooled_projections": noise(batch, 8),
        "image_embeds": noise(batch, 3, 16),
        "indices_latents": torch.arange(20, 23),
        "latents_clean": noise(batch, 4, 2, 8, 8),
        "indices_latents_clean": torch.tensor([0, 19]),
        "latents_history_2x": noise(batch, 4, 2, 8, 8),
        "indices_latents_history_2x": torch.arange(17, 19),
        "latents_history_4x": noise(batch, 4, 8, 8, 8),
        "indices_latents_history_4x": torch.arange(9, 17),
        "guidance": torch.full((batch,), 6000.0),
        "timestep": torch.full((batch,), int(timestep)),
    }


def _cogvideox(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 1, 4, 8, 8),
        "encoder_hidden_states": noise(batch, 8, 8),
        "timestep": torch.full((batch,), int(timestep)),
    }


def _ltx(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 2 * 4 * 4, 4),
        "encoder_hidden_states": noise(batch, 8, 16),
        "encoder_attention_mask": padded_mask(batch, 8),
        "timestep": torch.full((batch,), timestep),
        "num_frames": 2,
        "height": 4,
        "width": 4,
    }


_HUNYUAN_VIDEO_CONFIG = {
    "in_channels": 4,
    "out_channels": 4,
    "num_attention_heads": 2,
    "attention_head_dim": 10,
    "num_layers": 2,
    "num_single_layers": 2,
    "num_refiner_layers": 1,
    "patch_size": 2,
    "patch_size_t": 1,
    "guidance_embeds": True,
    "text_embed_dim": 16,
    "pooled_projection_dim": 8,
    "rope_axes_dim": (2, 4, 4),
}

WAN = TinyModel(
    "WanTransformer3DModel",
    {
        "patch_size": (1, 2, 2),
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": 4,
        "out_channels": 4,
        "text_dim": 16,
        "freq_dim": 256,
        "ffn_dim": 32,
        "num_layers": 3,
        "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads",
        "rope_max_seq_len": 32,
    },
    _wan,
    branches=3 * 3,
)

HUNYUAN_VIDEO = TinyModel(
    "HunyuanVideoTransformer3DModel",
    _HUNYUAN_VIDEO_CONFIG,
    _hunyuan_video,
    branches=2 * 2 + 2 * 1,
)

FRAMEPACK = TinyModel(
    "HunyuanVideoFramepackTransformer3DModel",
    {
        **_HUNYUAN_VIDEO_CONFIG,
        "has_image_proj": True,
        "image_proj_dim": 16,
        "has_clean_x_embedder": True,
    },
    _framepack,
    branches=2 * 2 + 2 * 1,
)

COGVIDEOX = TinyModel(
    "CogVideoXTransformer3DModel",
    {
        "num_attention_heads": 2,
        "attention_head_dim": 8,
        "in_channels": 4,
        "out_channels": 4,
        "time_embed_dim": 6,
        "text_embed_dim": 8,
        "num_layers": 3,
        "sample_width": 8,
        "sample_height": 8,
        "sample_frames": 1,
        "patch_size": 2,
        "temporal_compression_ratio": 4,
        "max_text_seq_length": 8,
    },
    _cogvideox,
    branches=3 * 2,
)

LTX = TinyModel(
    "LTXVideoTransformer3DModel",
    {
        "in_channels": 4,
        "out_channels": 4,
        "num_attention_heads": 4,
        "attention_head_dim": 8,
        "cross_attention_dim": 32,
        "num_layers": 3,
        "caption_channels": 16,
    },
    _ltx,
    branches=3 * 3,
)

VIDEO_MODELS = (WAN, HUNYUAN_VIDEO, FRAMEPACK, COGVIDEOX, LTX)
"""Every video model once."""
