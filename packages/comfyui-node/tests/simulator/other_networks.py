"""Tiny networks that nobody has a layout for."""

from __future__ import annotations

from typing import Any

import torch
from patches import EDGE, to_latent, to_tokens
from tiny_layers import (
    CHANNELS,
    TEXT_WIDTH,
    WIDTH,
    Attention,
    CallCount,
    LastLayer,
    TimeEmbedding,
    positions_of,
    seeded,
)
from torch import Tensor, nn
from wrapper_executor import WrapperExecutor, WrappersMP, wrappers_in


class UnheardBlock(nn.Module):
    """Attention from image to text and image."""

    def __init__(self, count: CallCount, index: int) -> None:
        super().__init__()
        self.attn, self.norm = Attention(), nn.LayerNorm(WIDTH)
        self.count, self.index = count, index

    def forward(self, x: Tensor, text: Tensor, vec: Tensor) -> Tensor:
        self.count.block(self.index)
        given = self.norm(x) + vec[:, None]
        return x + 0.5 * self.attn.mix(given, torch.cat([given, text], dim=1))


class Unheard(nn.Module):
    """A class that no layout knows. It hands its options on by name."""

    timestep_multiplier = 1.0
    is_video = False
    takes_list = False
    wants: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.count, self.dtype = CallCount(), torch.float32
        features = CHANNELS * EDGE * EDGE
        self.image_in, self.text_in = nn.Linear(features, WIDTH), nn.Linear(TEXT_WIDTH, WIDTH)
        self.time_in = TimeEmbedding(1.0)
        self.layers = nn.ModuleList(UnheardBlock(self.count, i) for i in range(3))
        self.out = LastLayer(self.count, features)
        seeded(self, 6)

    def forward(
        self,
        x: Tensor,
        timesteps: Tensor,
        context: Tensor,
        control: Any = None,
        transformer_options: Any = None,
    ) -> Any:
        executor = WrapperExecutor(
            self._forward, self, wrappers_in(transformer_options, WrappersMP.DIFFUSION_MODEL)
        )
        return executor.execute(
            x, timesteps, context, control=control, transformer_options=transformer_options
        )

    def _forward(self, x: Tensor, timesteps: Tensor, context: Tensor, **_options: Any) -> Tensor:
        tokens, text, vec = (
            self.image_in(to_tokens(x)),
            self.text_in(context),
            self.time_in(timesteps),
        )
        tokens = tokens + positions_of(tokens.shape[1])
        for layer in self.layers:
            tokens = layer(tokens, text, vec)
        return to_latent(self.out(tokens, vec), x.shape)


class PairNetwork(Unheard):
    """Is given two tensors in a list, as models of video with sound are, and answers two."""

    takes_list = True

    def _forward(self, x: Any, timesteps: Tensor, context: Tensor, **_options: Any) -> Any:
        output = super()._forward(torch.cat(x, dim=1), timesteps, context)
        return list(output.chunk(2, dim=1))
