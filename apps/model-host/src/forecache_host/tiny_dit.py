"""A small DiT with random weights: what the conformance suite and the tests run on."""

from __future__ import annotations

import torch
from diffusers import DiTTransformer2DModel
from torch import nn

SEED = 20241


def tiny_dit(dtype: torch.dtype = torch.float32) -> DiTTransformer2DModel:
    """Three blocks, 16 tokens of width 32, labels 0 to 10. The same weights at every start.

    Every parameter is random and none is zero, so that every branch, gate and row matters.
    """
    model = DiTTransformer2DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=2,
        num_layers=3,
        sample_size=8,
        patch_size=2,
        num_embeds_ada_norm=10,
    )
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.15 * torch.randn(parameter.shape, generator=generator))
    # ModelMixin's own `to` warns of modules that have to stay in float32; here are none.
    return nn.Module.to(model, dtype).eval()
