"""Networks with random weights at their published sizes, and smaller ones to try things out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.transformers.dit_transformer_2d import DiTTransformer2DModel
from diffusers.models.transformers.transformer_flux import FluxTransformer2DModel
from diffusers.models.transformers.transformer_hunyuan_video import HunyuanVideoTransformer3DModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import (
    FlowMatchEulerDiscreteScheduler,
)
from torch import nn

from forecache_bench.diffusers.inputs import (
    ClassConditionalInputs,
    ImageTokenInputs,
    VideoInputs,
)
from forecache_bench.diffusers.sampling import Inputs

SEED = 0


@dataclass(frozen=True)
class Network:
    """A network with its inputs.

    feature_shape: rows, tokens and width of the image stream. module_sites: branches that write to
        that stream.
    catalog: name in forecache's model catalogue, where the size is a published one.
    branch_patterns, idle_patterns: the modules that Diffusers' TaylorSeer forecasts, and those
    whose output
        then nobody reads, as regular expressions on module names.
    """

    title: str
    transformer: nn.Module
    inputs: Inputs
    scheduler: Callable[[], Any]
    feature_shape: tuple[int, int, int]
    output_values: int
    module_sites: int
    dtype: torch.dtype
    device: torch.device
    catalog: str | None
    branch_patterns: tuple[str, ...]
    idle_patterns: tuple[str, ...] = ()


MODELS = ("dit", "flux", "hunyuan-video")
SIZES = ("tiny", "small", "full")


def build_network(model: str, size: str, device: torch.device) -> Network:
    """A network with seeded random weights: float32 on the CPU, bfloat16 on CUDA.

    Raises ValueError for an unknown model or size.
    """
    if model not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, got {model}")
    if size not in SIZES:
        raise ValueError(f"size must be one of {', '.join(SIZES)}, got {size}")
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    builders = {"dit": _dit, "flux": _flux, "hunyuan-video": _hunyuan_video}
    return builders[model](size, device, dtype)


def share_weights(network: nn.Module) -> nn.Module:
    """A second module tree over the same weights: no contestant's hooks reach another's."""
    tensors = [*network.parameters(), *network.buffers()]
    return copy.deepcopy(network, {id(tensor): tensor for tensor in tensors})


def _random_weights(
    build: Callable[[], nn.Module], device: torch.device, dtype: torch.dtype
) -> Any:
    """Default initialisation, but nothing stays zero: gates of zero would hide every branch."""
    torch.manual_seed(SEED)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            network = build().eval().requires_grad_(requires_grad=False)
    finally:
        torch.set_default_dtype(usual)
    generator = torch.Generator(device).manual_seed(SEED)
    for parameter in network.parameters():
        if not parameter.any():
            parameter.normal_(0.0, 0.02, generator=generator)
    return network


def _dit(size: str, device: torch.device, dtype: torch.dtype) -> Network:
    blocks = {"tiny": 3, "small": 6, "full": 28}[size]
    heads, head_width, side = (2, 8, 8) if size == "tiny" else (16, 72, 32)
    transformer = _random_weights(
        lambda: DiTTransformer2DModel(
            num_attention_heads=heads,
            attention_head_dim=head_width,
            in_channels=4,
            out_channels=8,
            num_layers=blocks,
            sample_size=side,
            patch_size=2,
            num_embeds_ada_norm=1000,
        ),
        device,
        dtype,
    )
    return Network(
        title=f"DiT, {blocks} blocks of width {heads * head_width}, "
        f"{side // 2}×{side // 2} tokens, 2 rows",
        transformer=transformer,
        inputs=ClassConditionalInputs(side, device, dtype),
        scheduler=lambda: DDIMScheduler(clip_sample=False),
        feature_shape=(2, (side // 2) ** 2, heads * head_width),
        output_values=2 * 8 * side * side,
        module_sites=2 * blocks,
        dtype=dtype,
        device=device,
        catalog="dit-xl-2-256" if size == "full" else None,
        branch_patterns=(r"transformer_blocks\.\d+\.(attn1|ff)",),
    )


FLUX_TINY: dict[str, Any] = {
    "in_channels": 4,
    "num_layers": 2,
    "num_single_layers": 3,
    "attention_head_dim": 16,
    "num_attention_heads": 2,
    "joint_attention_dim": 32,
    "pooled_projection_dim": 32,
    "axes_dims_rope": (4, 4, 8),
    "guidance_embeds": True,
}


def _flux(size: str, device: torch.device, dtype: torch.dtype) -> Network:
    config = {
        "tiny": FLUX_TINY,
        "small": {"num_layers": 2, "num_single_layers": 4, "guidance_embeds": True},
        "full": {"guidance_embeds": True},
    }[size]
    transformer = _random_weights(lambda: FluxTransformer2DModel(**config), device, dtype)
    facts = transformer.config
    side, text = (4, 12) if size == "tiny" else (64, 512)
    width = facts.num_attention_heads * facts.attention_head_dim
    return Network(
        title=f"FLUX.1, {facts.num_layers}+{facts.num_single_layers} blocks of width {width}, "
        f"{side}×{side} image tokens, {text} text tokens",
        transformer=transformer,
        inputs=ImageTokenInputs(facts, side, text, device, dtype),
        scheduler=FlowMatchEulerDiscreteScheduler,
        feature_shape=(1, side * side, width),
        output_values=side * side * facts.in_channels,
        module_sites=2 * facts.num_layers + facts.num_single_layers,
        dtype=dtype,
        device=device,
        catalog="flux.1-dev" if size == "full" else None,
        branch_patterns=DOUBLE_STREAM_BRANCHES,
        idle_patterns=SINGLE_STREAM_IDLE,
    )


DOUBLE_STREAM_BRANCHES = (
    r"transformer_blocks\.\d+\.(attn|ff|ff_context)",
    r"single_transformer_blocks\.\d+\.proj_out",
)
SINGLE_STREAM_IDLE = (r"single_transformer_blocks\.\d+\.(attn|proj_mlp)",)

HUNYUAN_TINY: dict[str, Any] = {
    "in_channels": 4,
    "out_channels": 4,
    "num_attention_heads": 2,
    "attention_head_dim": 10,
    "num_layers": 2,
    "num_single_layers": 2,
    "num_refiner_layers": 1,
    "patch_size": 1,
    "text_embed_dim": 16,
    "pooled_projection_dim": 8,
    "rope_axes_dim": (2, 4, 4),
}


def _hunyuan_video(size: str, device: torch.device, dtype: torch.dtype) -> Network:
    config = {
        "tiny": HUNYUAN_TINY,
        "small": {"num_layers": 2, "num_single_layers": 4},
        "full": {},
    }[size]
    transformer = _random_weights(lambda: HunyuanVideoTransformer3DModel(**config), device, dtype)
    facts = transformer.config
    frames, height, width = {"tiny": (1, 8, 8), "small": (5, 30, 40), "full": (17, 60, 80)}[size]
    text = 12 if size == "tiny" else 256
    tokens = frames * (height // facts.patch_size) * (width // facts.patch_size)
    features = facts.num_attention_heads * facts.attention_head_dim
    return Network(
        title=f"HunyuanVideo, {facts.num_layers}+{facts.num_single_layers} blocks of width "
        f"{features}, {tokens} video tokens, {text} text tokens",
        transformer=transformer,
        inputs=VideoInputs(facts, (frames, height, width), text, device, dtype),
        scheduler=FlowMatchEulerDiscreteScheduler,
        feature_shape=(1, tokens, features),
        output_values=frames * height * width * facts.out_channels,
        module_sites=2 * facts.num_layers + facts.num_single_layers,
        dtype=dtype,
        device=device,
        catalog="hunyuan-video" if size == "full" else None,
        branch_patterns=DOUBLE_STREAM_BRANCHES,
        idle_patterns=SINGLE_STREAM_IDLE,
    )
