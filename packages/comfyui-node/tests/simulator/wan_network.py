"""A tiny network with the structure of Wan 2.1 in ComfyUI: one stream, branches as modules."""

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
    FeedForward,
    LastLayer,
    TimeEmbedding,
    modulate,
    norm,
    positions_of,
    run_block,
    seeded,
)
from torch import Tensor, nn
from wrapper_executor import WrapperExecutor, WrappersMP, wrappers_in


class WanSelfAttention(Attention):
    """Of the image tokens."""

    def forward(self, x: Tensor, freqs: Tensor, transformer_options: Any = None) -> Tensor:
        return self.mix(x, x, freqs)


class WanT2VCrossAttention(Attention):
    """What the image tokens take from the text."""

    def forward(
        self, x: Tensor, context: Tensor, transformer_options: Any = None, **kwargs: Any
    ) -> Tensor:
        return self.mix(x, context)


class WanAttentionBlock(nn.Module):
    """Nothing is changed in place."""

    def __init__(self, count: CallCount, index: int) -> None:
        super().__init__()
        self.norm1, self.self_attn = norm(), WanSelfAttention(count)
        self.norm3, self.cross_attn = nn.LayerNorm(WIDTH), WanT2VCrossAttention(count)
        self.norm2, self.ffn = norm(), FeedForward(count)
        self.modulation = nn.Parameter(torch.empty(1, 6, WIDTH))
        self.count, self.index = count, index

    def forward(
        self,
        x: Tensor,
        e: Tensor,
        freqs: Tensor,
        context: Tensor,
        context_img_len: int | None = None,
        transformer_options: Any = None,
    ) -> Tensor:
        self.count.block(self.index)
        parts = (self.modulation[None] + e).unbind(2)  # six of [rows, 1, width]
        y = self.self_attn(
            modulate(self.norm1(x), parts[0], parts[1]),
            freqs,
            transformer_options=transformer_options,
        )
        x = x + y * parts[2]
        x = x + self.cross_attn(
            self.norm3(x),
            context,
            context_img_len=context_img_len,
            transformer_options=transformer_options,
        )
        y = self.ffn(modulate(self.norm2(x), parts[3], parts[4]))
        return x + y * parts[5]  # type: ignore[no-any-return]


class Head(LastLayer):
    """Wan gives its head the time vector as `[rows, 1, width]`."""

    def forward(self, x: Tensor, e: Tensor, modulation_dims: Any = None) -> Tensor:
        return super().forward(x, e[:, 0])


class WanModel(nn.Module):
    """Text to video. A ControlNet's residuals come as `control` and are not looked at."""

    timestep_multiplier = 1000.0
    is_video = True
    takes_list = False
    wants = ()

    def __init__(self) -> None:
        super().__init__()
        self.count, self.dtype, self.patch_size = CallCount(), torch.float32, (1, EDGE, EDGE)
        self.dim = WIDTH
        features = CHANNELS * EDGE * EDGE
        self.patch_embedding = nn.Linear(features, WIDTH)
        self.text_embedding = nn.Linear(TEXT_WIDTH, WIDTH)
        self.time_embedding = TimeEmbedding(1000.0)
        self.time_projection = nn.Linear(WIDTH, 6 * WIDTH)
        self.blocks = nn.ModuleList(WanAttentionBlock(self.count, i) for i in range(4))
        self.head = Head(self.count, features)
        seeded(self, 3)

    def forward(
        self,
        x: Tensor,
        timestep: Tensor,
        context: Tensor,
        clip_fea: Tensor | None = None,
        time_dim_concat: Tensor | None = None,
        transformer_options: Any = None,
        **kwargs: Any,
    ) -> Any:
        executor = WrapperExecutor(
            self._forward, self, wrappers_in(transformer_options, WrappersMP.DIFFUSION_MODEL)
        )
        return executor.execute(
            x, timestep, context, clip_fea, time_dim_concat, transformer_options, **kwargs
        )

    def _forward(
        self,
        x: Tensor,
        timestep: Tensor,
        context: Tensor,
        clip_fea: Tensor | None = None,
        time_dim_concat: Tensor | None = None,
        transformer_options: Any = None,
        **_unused: Any,
    ) -> Tensor:
        tokens, text = self.patch_embedding(to_tokens(x)), self.text_embedding(context)
        e = self.time_embedding(timestep)[:, None]
        e0 = self.time_projection(e).unflatten(2, (6, WIDTH))
        shared = {"txt": text, "vec": e0, "pe": positions_of(tokens.shape[1])}
        shared["transformer_options"] = transformer_options
        for i, block in enumerate(self.blocks):
            args = {"img": tokens, **shared}
            out = run_block(transformer_options, ("double_block", i), args, _original(block))
            tokens = out["img"]
        return to_latent(self.head(tokens, e), x.shape)


def _original(block: nn.Module) -> Any:
    def original(args: dict[str, Any]) -> dict[str, Any]:
        img = block(
            args["img"],
            e=args["vec"],
            freqs=args["pe"],
            context=args["txt"],
            context_img_len=None,
            transformer_options=args["transformer_options"],
        )
        return {"img": img}

    return original
