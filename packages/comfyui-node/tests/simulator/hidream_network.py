"""A tiny network with the structure of HiDream in ComfyUI: block patches are not asked."""

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
    seeded,
)
from torch import Tensor, nn
from wrapper_executor import WrapperExecutor, WrappersMP, wrappers_in


class HiDreamAttention(Attention):
    """Over image and text tokens; answers both when it is given both."""

    def forward(
        self,
        norm_image_tokens: Tensor,
        image_tokens_masks: Tensor | None = None,
        norm_text_tokens: Tensor | None = None,
        rope: Tensor | None = None,
        transformer_options: Any = None,
    ) -> Any:
        if norm_text_tokens is None:
            return self.mix(norm_image_tokens, norm_image_tokens)
        joint = torch.cat([norm_image_tokens, norm_text_tokens], dim=1)
        mixed, length = self.mix(joint, joint), norm_image_tokens.shape[1]
        return mixed[:, :length], mixed[:, length:]


class HiDreamImageTransformerBlock(nn.Module):
    """Image and text tokens with MLPs of their own. Nothing is changed in place."""

    def __init__(self, count: CallCount, index: int) -> None:
        super().__init__()
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(WIDTH, 12 * WIDTH))
        self.norm1_i, self.norm1_t, self.norm3_i, self.norm3_t = (norm() for _ in range(4))
        self.attn1 = HiDreamAttention(count)
        self.ff_i, self.ff_t = FeedForward(count), FeedForward(count)
        self.count, self.index = count, index

    def forward(
        self,
        image_tokens: Tensor,
        image_tokens_masks: Tensor | None,
        text_tokens: Tensor,
        adaln_input: Tensor,
        rope: Tensor | None = None,
        transformer_options: Any = None,
    ) -> tuple[Tensor, Tensor]:
        self.count.block(self.index)
        parts = self.adaLN_modulation(adaln_input)[:, None].chunk(12, dim=-1)
        image, text = self.attn1(
            modulate(self.norm1_i(image_tokens), parts[0], parts[1]),
            image_tokens_masks,
            modulate(self.norm1_t(text_tokens), parts[6], parts[7]),
            rope=rope,
            transformer_options=transformer_options,
        )
        image_tokens = parts[2] * image + image_tokens
        text_tokens = parts[8] * text + text_tokens
        image = self.ff_i(modulate(self.norm3_i(image_tokens), parts[3], parts[4]))
        text = self.ff_t(modulate(self.norm3_t(text_tokens), parts[9], parts[10]))
        return parts[5] * image + image_tokens, parts[11] * text + text_tokens


class HiDreamImageSingleTransformerBlock(nn.Module):
    """All tokens in one stream."""

    def __init__(self, count: CallCount, index: int) -> None:
        super().__init__()
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(WIDTH, 6 * WIDTH))
        self.norm1_i, self.norm3_i = norm(), norm()
        self.attn1, self.ff_i = HiDreamAttention(count), FeedForward(count)
        self.count, self.index = count, index

    def forward(
        self,
        image_tokens: Tensor,
        image_tokens_masks: Tensor | None = None,
        text_tokens: Tensor | None = None,
        adaln_input: Tensor | None = None,
        rope: Tensor | None = None,
        transformer_options: Any = None,
    ) -> Tensor:
        self.count.block(self.index)
        parts = self.adaLN_modulation(adaln_input)[:, None].chunk(6, dim=-1)
        mixed = self.attn1(
            modulate(self.norm1_i(image_tokens), parts[0], parts[1]),
            image_tokens_masks,
            rope=rope,
            transformer_options=transformer_options,
        )
        image_tokens = parts[2] * mixed + image_tokens
        out = self.ff_i(modulate(self.norm3_i(image_tokens), parts[3], parts[4]))
        return parts[5] * out + image_tokens  # type: ignore[no-any-return]


class HiDreamImageBlock(nn.Module):
    """Holds one of the two."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(
        self,
        image_tokens: Tensor,
        image_tokens_masks: Tensor | None = None,
        text_tokens: Tensor | None = None,
        adaln_input: Tensor | None = None,
        rope: Tensor | None = None,
        transformer_options: Any = None,
    ) -> Any:
        return self.block(
            image_tokens,
            image_tokens_masks,
            text_tokens,
            adaln_input,
            rope,
            transformer_options=transformer_options,
        )


class HiDreamImageTransformer2DModel(nn.Module):
    """Every block is given its own text tokens after the image's and the carried text's."""

    timestep_multiplier = 1000.0
    is_video = False
    takes_list = False
    wants = ("y", "encoder_hidden_states_llama3")

    def __init__(self) -> None:
        super().__init__()
        self.count, self.dtype, self.patch_size = CallCount(), torch.float32, EDGE
        features = CHANNELS * EDGE * EDGE
        self.t_embedder, self.p_embedder = TimeEmbedding(1000.0), nn.Linear(POOLED_WIDTH, WIDTH)
        self.x_embedder = nn.Linear(features, WIDTH)
        self.double_stream_blocks = nn.ModuleList(
            HiDreamImageBlock(HiDreamImageTransformerBlock(self.count, i)) for i in (0, 1)
        )
        self.single_stream_blocks = nn.ModuleList(
            HiDreamImageBlock(HiDreamImageSingleTransformerBlock(self.count, i)) for i in (2, 3)
        )
        self.final_layer = LastLayer(self.count, features)
        self.caption_projection = nn.ModuleList(nn.Linear(TEXT_WIDTH, WIDTH) for _ in range(5))
        seeded(self, 5)

    def forward(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        x: Tensor,
        t: Tensor,
        y: Tensor | None = None,
        context: Tensor | None = None,
        encoder_hidden_states_llama3: Tensor | None = None,
        image_cond: Tensor | None = None,
        control: Any = None,
        transformer_options: Any = None,
    ) -> Any:
        executor = WrapperExecutor(
            self._forward, self, wrappers_in(transformer_options, WrappersMP.DIFFUSION_MODEL)
        )
        llama = encoder_hidden_states_llama3
        return executor.execute(x, t, y, context, llama, image_cond, control, transformer_options)

    def _forward(
        self, x: Tensor, t: Tensor, y: Tensor, context: Tensor, llama: Tensor, *more: Any
    ) -> Tensor:
        options = more[-1]
        vec = self.t_embedder(t) + self.p_embedder(y)
        image = self.x_embedder(to_tokens(x))
        own = [self.caption_projection[i](layer) for i, layer in enumerate(llama.movedim(1, 0))]
        carried = torch.cat([self.caption_projection[-1](context), own[-1]], dim=1)
        shared = {"image_tokens_masks": None, "adaln_input": vec, "rope": None}
        shared["transformer_options"] = options
        for i, block in enumerate(self.double_stream_blocks):
            text = torch.cat([carried, own[i]], dim=1)
            image, text = block(image_tokens=image, text_tokens=text, **shared)
            carried = text[:, : carried.shape[1]]
        length = image.shape[1]
        stream = torch.cat([image, carried], dim=1)
        for i, block in enumerate(self.single_stream_blocks, start=2):
            given = torch.cat([stream, own[i]], dim=1)
            given = block(image_tokens=given, text_tokens=None, **shared)
            stream = given[:, : stream.shape[1]]
        return -to_latent(self.final_layer(stream[:, :length], vec), x.shape)
