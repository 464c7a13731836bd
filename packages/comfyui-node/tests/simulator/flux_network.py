"""A tiny network with the structure of FLUX in ComfyUI: blocks change their inputs in place."""

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
from wrapper_executor import WrapperExecutor, WrappersMP, wrappers_in


class DoubleStreamBlock(nn.Module):
    """Image and text tokens with weights of their own and one attention."""

    def __init__(self, count: CallCount, index: int) -> None:
        super().__init__()
        self.img_mod, self.txt_mod = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(WIDTH, 4 * WIDTH)
        self.img_norm, self.txt_norm = norm(), norm()
        self.attn, self.img_mlp, self.txt_mlp = Attention(), FeedForward(), FeedForward()
        self.count, self.index = count, index

    def forward(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        img: Tensor,
        txt: Tensor,
        vec: Tensor,
        pe: Tensor,
        attn_mask: Any = None,
        modulation_dims_img: Any = None,
        modulation_dims_txt: Any = None,
        transformer_options: Any = None,
    ) -> tuple[Tensor, Tensor]:
        self.count.block(self.index)
        img_shift, img_scale, img_gate, img_out = self.img_mod(vec)[:, None].chunk(4, dim=-1)
        txt_shift, txt_scale, txt_gate, txt_out = self.txt_mod(vec)[:, None].chunk(4, dim=-1)
        joint = torch.cat(
            [
                modulate(self.txt_norm(txt), txt_shift, txt_scale),
                modulate(self.img_norm(img), img_shift, img_scale),
            ],
            dim=1,
        )
        mixed = self.attn.mix(joint, joint, pe)
        img += img_gate * mixed[:, txt.shape[1] :]
        img += img_out * self.img_mlp(self.img_norm(img))
        txt += txt_gate * mixed[:, : txt.shape[1]]
        txt += txt_out * self.txt_mlp(self.txt_norm(txt))
        return img, txt


class SingleStreamBlock(nn.Module):
    """All tokens in one stream, which is changed in place."""

    def __init__(self, count: CallCount, index: int) -> None:
        super().__init__()
        self.modulation, self.pre_norm = nn.Linear(WIDTH, 3 * WIDTH), norm()
        self.attn, self.mlp = Attention(), FeedForward()
        self.count, self.index = count, index

    def forward(
        self,
        x: Tensor,
        vec: Tensor,
        pe: Tensor,
        attn_mask: Any = None,
        modulation_dims: Any = None,
        transformer_options: Any = None,
    ) -> Tensor:
        self.count.block(self.index)
        shift, scale, gate = self.modulation(vec)[:, None].chunk(3, dim=-1)
        given = modulate(self.pre_norm(x), shift, scale)
        x += gate * (self.attn.mix(given, given, pe) + self.mlp(given))
        return x


class Flux(nn.Module):
    """Text tokens come first in the single stream."""

    timestep_multiplier = 1.0
    is_video = False
    takes_list = False
    wants = ("y", "guidance")

    def __init__(self) -> None:
        super().__init__()
        self.count, self.dtype, self.patch_size = CallCount(), torch.float32, EDGE
        features = CHANNELS * EDGE * EDGE
        self.img_in, self.txt_in = nn.Linear(features, WIDTH), nn.Linear(TEXT_WIDTH, WIDTH)
        self.time_in, self.guidance_in = TimeEmbedding(1.0), TimeEmbedding(10.0)
        self.vector_in = nn.Linear(POOLED_WIDTH, WIDTH)
        self.double_blocks = nn.ModuleList(DoubleStreamBlock(self.count, i) for i in (0, 1))
        self.single_blocks = nn.ModuleList(SingleStreamBlock(self.count, i) for i in (2, 3))
        self.final_layer = LastLayer(self.count, features)
        seeded(self, 1)

    def forward(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        x: Tensor,
        timestep: Tensor,
        context: Tensor,
        y: Tensor | None = None,
        guidance: Tensor | None = None,
        ref_latents: list[Tensor] | None = None,
        control: Any = None,
        transformer_options: Any = None,
        **kwargs: Any,
    ) -> Any:
        executor = WrapperExecutor(
            self._forward, self, wrappers_in(transformer_options, WrappersMP.DIFFUSION_MODEL)
        )
        return executor.execute(
            x, timestep, context, y, guidance, ref_latents, control, transformer_options, **kwargs
        )

    def _forward(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        x: Tensor,
        timestep: Tensor,
        context: Tensor,
        y: Tensor,
        guidance: Tensor,
        ref_latents: list[Tensor] | None = None,
        control: Any = None,
        transformer_options: Any = None,
    ) -> Tensor:
        vec = self.time_in(timestep) + self.guidance_in(guidance) + self.vector_in(y)
        img, txt = self.img_in(to_tokens(x)), self.txt_in(context)
        image_tokens = img.shape[1]
        for reference in ref_latents or ():
            img = torch.cat([img, self.img_in(to_tokens(reference))], dim=1)
        shared = {"vec": vec, "pe": positions_of(txt.shape[1] + img.shape[1]), "attn_mask": None}
        shared["transformer_options"] = transformer_options
        for i, block in enumerate(self.double_blocks):
            args = {"img": img, "txt": txt, **shared}
            out = run_block(transformer_options, ("double_block", i), args, _double(block))
            img, txt = out["img"], out["txt"]
            _add_control(control, "input", i, img)
        img = torch.cat([txt, img], dim=1)
        for i, block in enumerate(self.single_blocks):
            args = {"img": img, **shared}
            img = run_block(transformer_options, ("single_block", i), args, _single(block))["img"]
            _add_control(control, "output", i, img[:, txt.shape[1] :])
        img = self.final_layer(img[:, txt.shape[1] :], vec)
        return to_latent(img[:, :image_tokens], x.shape)


def _double(block: nn.Module) -> Any:
    def original(args: dict[str, Any]) -> dict[str, Any]:
        img, txt = block(**args)
        return {"img": img, "txt": txt}

    return original


def _single(block: nn.Module) -> Any:
    def original(args: dict[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in args.items() if name != "img"}
        return {"img": block(args["img"], **rest)}

    return original


def _add_control(control: Any, part: str, index: int, img: Tensor) -> None:
    """A ControlNet's residual, in place between the blocks."""
    residuals = [] if control is None else control.get(part, [])
    if index < len(residuals):
        img[:, : residuals[index].shape[1]] += residuals[index]
