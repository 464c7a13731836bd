"""Tiny `unet_config`s: what ComfyUI would detect in a checkpoint, but for the widths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]

CONTEXT = 64
"""Width of the text features that tiny models take, where the class lets it be chosen."""

POOLED = 64
"""Width of the pooled text features, likewise."""

FLUX: Config = {
    "image_model": "flux",
    "in_channels": 16,
    "out_channels": 16,
    "vec_in_dim": POOLED,
    "context_in_dim": CONTEXT,
    "hidden_size": 64,
    "mlp_ratio": 2.0,
    "num_heads": 2,
    "depth": 2,
    "depth_single_blocks": 3,
    "axes_dim": [8, 12, 12],
    "theta": 10000,
    "patch_size": 2,
    "qkv_bias": True,
    "guidance_embed": True,
    "txt_ids_dims": [],
    "yak_mlp": False,
    "txt_norm": False,
}

CHROMA: Config = {
    "image_model": "chroma",
    "in_channels": 64,
    "out_channels": 64,
    "context_in_dim": CONTEXT,
    "hidden_size": 64,
    "mlp_ratio": 2.0,
    "num_heads": 2,
    "depth": 2,
    "depth_single_blocks": 3,
    "axes_dim": [8, 12, 12],
    "theta": 10000,
    "patch_size": 2,
    "qkv_bias": True,
    "in_dim": 64,
    "out_dim": 64,
    "hidden_dim": 64,
    "n_layers": 2,
    "txt_ids_dims": [],
    "vec_in_dim": None,
}

HUNYUAN_VIDEO: Config = {
    "image_model": "hunyuan_video",
    "in_channels": 16,
    "out_channels": 16,
    "patch_size": [1, 2, 2],
    "vec_in_dim": POOLED,
    "context_in_dim": CONTEXT,
    "hidden_size": 64,
    "mlp_ratio": 2.0,
    "num_heads": 2,
    "depth": 2,
    "depth_single_blocks": 2,
    "axes_dim": [8, 12, 12],
    "theta": 256,
    "qkv_bias": True,
    "guidance_embed": True,
    "byt5": False,
    "meanflow": False,
    "use_cond_type_embedding": False,
    "vision_in_dim": None,
    "meanflow_sum": False,
}

WAN: Config = {
    "image_model": "wan2.1",
    "model_type": "t2v",
    "dim": 64,
    "in_dim": 16,
    "out_dim": 16,
    "num_heads": 2,
    "ffn_dim": 128,
    "num_layers": 3,
    "patch_size": (1, 2, 2),
    "freq_dim": 32,
    "text_dim": CONTEXT,
    "window_size": (-1, -1),
    "qk_norm": True,
    "cross_attn_norm": True,
    "eps": 1e-6,
}

SD3: Config = {
    "in_channels": 16,
    "out_channels": 16,
    "patch_size": 2,
    "depth": 2,
    "input_size": None,
    "adm_in_channels": POOLED,
    "context_embedder_config": {
        "target": "torch.nn.Linear",
        "params": {"in_features": CONTEXT, "out_features": 128},
    },
    "num_patches": 64,
    "pos_embed_max_size": 8,
    "pos_embed_scaling_factor": None,
    "context_size": 128,
    "qk_norm": "rms",
}

QWEN_IMAGE: Config = {
    "image_model": "qwen_image",
    "in_channels": 64,
    "out_channels": 16,
    "num_layers": 3,
    "attention_head_dim": 32,
    "num_attention_heads": 2,
    "joint_attention_dim": CONTEXT,
    "axes_dims_rope": (8, 12, 12),
}

HIDREAM: Config = {
    "image_model": "hidream",
    "attention_head_dim": 32,
    "axes_dims_rope": [8, 12, 12],
    "caption_channels": [CONTEXT, CONTEXT],
    "max_resolution": [32, 32],
    "in_channels": 16,
    "llama_layers": [0, 1, 1, 1],
    "num_attention_heads": 2,
    "num_routed_experts": 2,
    "num_activated_experts": 1,
    "num_layers": 2,
    "num_single_layers": 2,
    "out_channels": 16,
    "patch_size": 2,
    "text_emb_dim": POOLED,
}

LUMINA: Config = {
    "image_model": "lumina2",
    "patch_size": 2,
    "in_channels": 16,
    "dim": 64,
    "cap_feat_dim": CONTEXT,
    "n_layers": 3,
    "n_refiner_layers": 1,
    "n_heads": 2,
    "n_kv_heads": 1,
    "multiple_of": 32,
    "qk_norm": True,
    "axes_dims": [8, 12, 12],
    "axes_lens": [64, 64, 64],
    "rope_theta": 10000.0,
    "ffn_dim_multiplier": 1.0,
}

LTXV: Config = {
    "image_model": "ltxv",
    "in_channels": 128,
    "num_layers": 3,
    "attention_head_dim": 32,
    "num_attention_heads": 2,
    "cross_attention_dim": 64,
    "caption_channels": CONTEXT,
}

COSMOS: Config = {
    "image_model": "cosmos_predict2",
    "max_img_h": 32,
    "max_img_w": 32,
    "max_frames": 16,
    "in_channels": 16,
    "out_channels": 16,
    "patch_spatial": 2,
    "patch_temporal": 1,
    "model_channels": 64,
    "concat_padding_mask": True,
    "crossattn_emb_channels": CONTEXT,
    "pos_emb_cls": "rope3d",
    "pos_emb_learnable": True,
    "pos_emb_interpolation": "crop",
    "min_fps": 1,
    "max_fps": 30,
    "use_adaln_lora": True,
    "adaln_lora_dim": 16,
    "num_blocks": 3,
    "num_heads": 2,
    "extra_per_block_abs_pos_emb": False,
    "rope_h_extrapolation_ratio": 4.0,
    "rope_w_extrapolation_ratio": 4.0,
    "rope_t_extrapolation_ratio": 1.0,
    "rope_enable_fps_modulation": False,
}

MOCHI: Config = {
    "image_model": "mochi_preview",
    "depth": 3,
    "patch_size": 2,
    "num_heads": 2,
    "hidden_size_x": 64,
    "hidden_size_y": 32,
    "mlp_ratio_x": 12288 / 64,  # the class insists on this width
    "mlp_ratio_y": 6144 / 32,
    "learn_sigma": False,
    "in_channels": 12,
    "qk_norm": True,
    "qkv_bias": False,
    "out_bias": True,
    "attn_drop": 0.0,
    "patch_embed_bias": True,
    "posenc_preserve_area": True,
    "timestep_mlp_bias": True,
    "attend_to_padding": False,
    "timestep_scale": 1000.0,
    "use_t5": True,
    "t5_feat_dim": CONTEXT,
    "t5_token_length": 8,
    "rope_theta": 10000.0,
}

PIXART: Config = {
    "image_model": "pixart_sigma",
    "num_heads": 2,
    "patch_size": 2,
    "hidden_size": 64,
    "in_channels": 4,
    "depth": 3,
    "model_max_length": 16,
    "input_size": 32,
    "pe_interpolation": 1,
    "caption_channels": CONTEXT,
    "micro_condition": False,
}
