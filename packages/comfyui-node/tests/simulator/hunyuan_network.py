"""A tiny network with the structure of HunyuanVideo: FLUX's blocks, image tokens first."""

from __future__ import annotations

from typing import Any

import torch
from flux_network import DoubleStreamBlock, SingleStreamBlock
from patches import EDGE, to_latent, to_tokens
from tiny_layers import (
    CHANNELS,
    POOLED_WIDTH,
    TEXT_WIDTH,
    WIDTH,
    CallCount,
    LastLayer,
    TimeEmbedding,
    positions_of,
    run_block,
    seeded,
)
from torch import Tensor, nn
from wrapper_executor import WrapperExecutor, WrappersMP, wrappers_in


class HunyuanVideo(nn.Module):
    """Image tokens come first in the single stream. Blocks change their inputs in place."""

    timestep_multiplier = 1000.0
    is_video = True
    takes_list = False
    wants = ("y",)

    def __init__(self) -> None:
        super().__init__()
        self.count, self.dtype, self.patch_size = CallCount(), torch.float32, [1, EDGE, EDGE]
        features = CHANNELS * EDGE * EDGE
        self.img_in, self.txt_in = nn.Linear(features, WIDTH), nn.Linear(TEXT_WIDTH, WIDTH)
        self.time_in, self.vector_in = TimeEmbedding(1000.0), nn.Linear(POOLED_WIDTH, WIDTH)
        self.double_blocks = nn.ModuleList(DoubleStreamBlock(self.count, i) for i in (0, 1))
        self.single_blocks = nn.ModuleList(SingleStreamBlock(self.count, i) for i in (2, 3))
        self.final_layer = LastLayer(self.count, features)
        seeded(self, 2)

    def forward(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        x: Tensor,
        timestep: Tensor,
        context: Tensor,
        y: Tensor | None = None,
        txt_byt5: Tensor | None = None,
        clip_fea: Tensor | None = None,
        guidance: Tensor | None = None,
        attention_mask: Tensor | None = None,
        guiding_frame_index: Any = None,
        ref_latent: Tensor | None = None,
        disable_time_r: bool = False,
        control: Any = None,
        transformer_options: Any = None,
        **kwargs: Any,
    ) -> Any:
        executor = WrapperExecutor(
            self._forward, self, wrappers_in(transformer_options, WrappersMP.DIFFUSION_MODEL)
        )
        return executor.execute(
            x,
            timestep,
            context,
            y,
            txt_byt5,
            clip_fea,
            guidance,
            attention_mask,
            guiding_frame_index,
            ref_latent,
            disable_time_r,
            control,
            transformer_options,
            **kwargs,
        )

    def _forward(self, x: Tensor, timestep: Tensor, context: Tensor, y: Tensor, *more: Any) -> Any:
        *_, ref_latent, _disable_time_r, control, transformer_options = more
        vec = self.time_in(timestep) + self.vector_in(y)
        img, txt = self.img_in(to_tokens(x)), self.txt_in(context)
        image_tokens = img.shape[1]
        if ref_latent is not None:
            img = torch.cat([self.img_in(to_tokens(ref_latent)), img], dim=1)
        pe, length = positions_of(txt.shape[1] + img.shape[1]), img.shape[1]
        shared = {"vec": vec, "pe": pe, "attention_mask": None}
        shared["transformer_options"] = transformer_options
        dims = {"modulation_dims_img": None, "modulation_dims_txt": None}
        for i, block in enumerate(self.double_blocks):
            args = {"img": img, "txt": txt, **shared, **dims}
            out = run_block(transformer_options, ("double_block", i), args, _double(block))
            img, txt = out["img"], out["txt"]
            _add_control(control, "input", i, img)
        img = torch.cat([img, txt], dim=1)
        for i, block in enumerate(self.single_blocks):
            args = {"img": img, **shared, "modulation_dims": None}
            img = run_block(transformer_options, ("single_block", i), args, _single(block))["img"]
            _add_control(control, "output", i, img[:, :length])
        img = self.final_layer(img[:, length - image_tokens : length], vec, modulation_dims=None)
        return to_latent(img, x.shape)


def _double(block: nn.Module) -> Any:
    def original(args: dict[str, Any]) -> dict[str, Any]:
        img, txt = block(
            img=args["img"],
            txt=args["txt"],
            vec=args["vec"],
            pe=args["pe"],
            attn_mask=args["attention_mask"],
            modulation_dims_img=args["modulation_dims_img"],
            modulation_dims_txt=args["modulation_dims_txt"],
            transformer_options=args["transformer_options"],
        )
        return {"img": img, "txt": txt}

    return original


def _single(block: nn.Module) -> Any:
    def original(args: dict[str, Any]) -> dict[str, Any]:
        img = block(
            args["img"],
            vec=args["vec"],
            pe=args["pe"],
            attn_mask=args["attention_mask"],
            modulation_dims=args["modulation_dims"],
            transformer_options=args["transformer_options"],
        )
        return {"img": img}

    return original


def _add_control(control: Any, part: str, index: int, img: Tensor) -> None:
    """A ControlNet's residual, in place between the blocks."""
    residuals = [] if control is None else control.get(part, [])
    if index < len(residuals):
        img += residuals[index]
