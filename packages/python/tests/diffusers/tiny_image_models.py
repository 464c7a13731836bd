"""Tiny transformers of the image models."""

from __future__ import annotations

import torch
from tiny_model import Inputs, Noise, TinyModel, padded_mask


def _dit(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 8, 8),
        "timestep": torch.full((batch,), int(timestep)),
        "class_labels": torch.arange(batch) * 3 % 8,
    }


def _flux(noise: Noise, timestep: float, batch: int) -> Inputs:
    image_ids = torch.zeros(16, 3)
    image_ids[:, 1:] = torch.cartesian_prod(torch.arange(4), torch.arange(4))
    return {
        "hidden_states": noise(batch, 16, 4),
        "encoder_hidden_states": noise(batch, 12, 32),
        "pooled_projections": noise(batch, 32),
        "timestep": torch.full((batch,), timestep),
        "img_ids": image_ids,
        "txt_ids": torch.zeros(12, 3),
        "guidance": torch.full((batch,), 3.5),
    }


def _pixart(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 8, 8),
        "encoder_hidden_states": noise(batch, 7, 8),
        "encoder_attention_mask": padded_mask(batch, 7),
        "timestep": torch.full((batch,), int(timestep)),
        "added_cond_kwargs": {
            "resolution": torch.tensor([[64.0, 64.0]]).repeat(batch, 1),
            "aspect_ratio": torch.tensor([[1.0]]).repeat(batch, 1),
        },
    }


def _stable_diffusion_3(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 8, 8),
        "encoder_hidden_states": noise(batch, 10, 32),
        "pooled_projections": noise(batch, 64),
        "timestep": torch.full((batch,), timestep),
    }


def _qwen_image(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 16, 16),
        "encoder_hidden_states": noise(batch, 7, 16),
        "encoder_hidden_states_mask": padded_mask(batch, 7),
        "timestep": torch.full((batch,), timestep),
        "img_shapes": [[(1, 4, 4)]] * batch,
    }


def _hidream(noise: Noise, timestep: float, batch: int) -> Inputs:
    return {
        "hidden_states": noise(batch, 4, 16, 16),
        "encoder_hidden_states_t5": noise(batch, 8, 8),
        "encoder_hidden_states_llama3": noise(2, batch, 8, 4),
        "pooled_embeds": noise(batch, 8),
        "timesteps": torch.full((batch,), timestep),
    }


DIT = TinyModel(
    "DiTTransformer2DModel",
    {
        "in_channels": 4,
        "out_channels": 8,
        "num_attention_heads": 2,
        "attention_head_dim": 4,
        "num_layers": 3,
        "activation_fn": "gelu-approximate",
        "attention_bias": True,
        "norm_type": "ada_norm_zero",
        "num_embeds_ada_norm": 8,
        "patch_size": 2,
        "sample_size": 8,
    },
    _dit,
    branches=3 * 2,
)

FLUX = TinyModel(
    "FluxTransformer2DModel",
    {
        "patch_size": 1,
        "in_channels": 4,
        "num_layers": 2,
        "num_single_layers": 3,
        "attention_head_dim": 16,
        "num_attention_heads": 2,
        "joint_attention_dim": 32,
        "pooled_projection_dim": 32,
        "axes_dims_rope": [4, 4, 8],
        "guidance_embeds": True,
    },
    _flux,
    branches=2 * 2 + 3 * 1,
    timestep=0.5,
)

PIXART = TinyModel(
    "PixArtTransformer2DModel",
    {
        "sample_size": 8,
        "num_layers": 3,
        "patch_size": 2,
        "attention_head_dim": 6,
        "num_attention_heads": 2,
        "in_channels": 4,
        "out_channels": 8,
        "cross_attention_dim": 12,
        "caption_channels": 8,
        "norm_type": "ada_norm_single",
        "use_additional_conditions": True,
    },
    _pixart,
    branches=3 * 3,
)

STABLE_DIFFUSION_3 = TinyModel(
    "SD3Transformer2DModel",
    {
        "sample_size": 8,
        "patch_size": 2,
        "in_channels": 4,
        "out_channels": 4,
        "num_layers": 3,
        "attention_head_dim": 8,
        "num_attention_heads": 4,
        "caption_projection_dim": 32,
        "joint_attention_dim": 32,
        "pooled_projection_dim": 64,
        "pos_embed_max_size": 16,
        "dual_attention_layers": (0, 1),
        "qk_norm": "rms_norm",
    },
    _stable_diffusion_3,
    branches=3 * 2 + 2,
)

QWEN_IMAGE = TinyModel(
    "QwenImageTransformer2DModel",
    {
        "patch_size": 2,
        "in_channels": 16,
        "out_channels": 4,
        "num_layers": 3,
        "attention_head_dim": 16,
        "num_attention_heads": 4,
        "joint_attention_dim": 16,
        "axes_dims_rope": (8, 4, 4),
    },
    _qwen_image,
    branches=3 * 2,
    timestep=0.5,
)

HIDREAM = TinyModel(
    "HiDreamImageTransformer2DModel",
    {
        "patch_size": 2,
        "in_channels": 4,
        "out_channels": 4,
        "num_layers": 2,
        "num_single_layers": 2,
        "attention_head_dim": 8,
        "num_attention_heads": 4,
        "caption_channels": [8, 4],
        "text_emb_dim": 8,
        "num_routed_experts": 2,
        "num_activated_experts": 2,
        "axes_dims_rope": (4, 2, 2),
        "max_resolution": (32, 32),
        "llama_layers": (0, 1, 1, 0),
        "force_inference_output": True,
    },
    _hidream,
    branches=4 * 2,
)

IMAGE_MODELS = (DIT, FLUX, PIXART, STABLE_DIFFUSION_3, QWEN_IMAGE, HIDREAM)
"""Every image model once."""
