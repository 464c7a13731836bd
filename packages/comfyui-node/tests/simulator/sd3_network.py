"""A tiny network with the structure of Stable Diffusion 3 in ComfyUI: no wrapper in its forward."""

from __future__ import annotations

from typing import Any

import torch
from patches import EDGE, to_latent, to_tokens
from tiny_layers import (
    CHANNELS,
    POOLED_WIDTH,
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


class JointBlock(nn.Module):
    """Text and image with one attention; the last block drops the text."""

    def __init__(self, count: CallCount, index: int, *, is_last: bool) -> None:
        super().__init__()
        self.x_modulation, self.c_modulation = (nn.Linear(WIDTH, 4 * WIDTH) for _ in range(2))
        self.x_norm, self.c_norm = norm(), norm()
        self.attn, self.x_mlp, self.c_mlp = Attention(), FeedForward(), FeedForward()
        self.count, self.index, self.is_last = count, index, is_last

    def forward(
        self,
        context: Tensor,
        x: Tensor,
        c: Tensor,
        use_checkpoint: bool = False,
        transformer_options: Any = None,
    ) -> tuple[Tensor | None, Tensor]:
        self.count.block(self.index)
        shift, scale, gate, out = self.x_modulation(c)[:, None].chunk(4, dim=-1)
        c_shift, c_scale, c_gate, c_out = self.c_modulation(c)[:, None].chunk(4, dim=-1)
        text = modulate(self.c_norm(context), c_shift, c_scale)
        joint = torch.cat([text, modulate(self.x_norm(x), shift, scale)], dim=1)
        mixed = self.attn.mix(joint, joint)
        length = context.shape[1]
        x = x + gate * mixed[:, length:]
        x = x + out * self.x_mlp(self.x_norm(x))
        if self.is_last:
            return None, x
        context = context + c_gate * mixed[:, :length]
        return context + c_out * self.c_mlp(self.c_norm(context)), x


class OpenAISignatureMMDITWrapper(nn.Module):
    """SD3 and SD3.5 medium and large."""

    timestep_multiplier = 1000.0
    is_video = False
    takes_list = False
    wants = ("y",)

    def __init__(self) -> None:
        super().__init__()
        self.count, self.dtype, self.patch_size = CallCount(), torch.float32, EDGE
        features = CHANNELS * EDGE * EDGE
        self.x_embedder, self.context_embedder = (
            nn.Linear(features, WIDTH),
            nn.Linear(TEXT_WIDTH, WIDTH),
        )
        self.t_embedder, self.y_embedder = TimeEmbedding(1000.0), nn.Linear(POOLED_WIDTH, WIDTH)
        self.joint_blocks = nn.ModuleList(
            JointBlock(self.count, i, is_last=i == 3) for i in range(4)
        )
        self.final_layer = LastLayer(self.count, features)
        seeded(self, 4)

    def forward(
        self,
        x: Tensor,
        timesteps: Tensor,
        context: Tensor | None = None,
        y: Tensor | None = None,
        control: Any = None,
        transformer_options: Any = None,
        **kwargs: Any,
    ) -> Tensor:
        tokens = self.x_embedder(to_tokens(x))
        tokens = tokens + positions_of(tokens.shape[1])
        c, text = self.t_embedder(timesteps) + self.y_embedder(y), self.context_embedder(context)
        residuals = [] if control is None else control.get("output", [])
        for i, block in enumerate(self.joint_blocks):
            args = {"img": tokens, "txt": text, "vec": c}
            args["transformer_options"] = transformer_options
            out = run_block(transformer_options, ("double_block", i), args, _original(block))
            tokens, text = out["img"], out["txt"]
            if i < len(residuals):
                tokens += residuals[i]
        return to_latent(self.final_layer(tokens, c), x.shape)


def _original(block: nn.Module) -> Any:
    def original(args: dict[str, Any]) -> dict[str, Any]:
        options = args["transformer_options"]
        txt, img = block(args["txt"], args["img"], c=args["vec"], transformer_options=options)
        return {"txt": txt, "img": img}

    return original
