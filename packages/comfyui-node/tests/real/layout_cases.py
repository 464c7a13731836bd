"""A usual call of every class that has a layout, and calls and checkpoints of other kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from layout_case import BLOCK, ROWS, Inputs, LayoutCase
from tiny_configs import CONTEXT, POOLED
from tiny_models import TINY_MODELS
from torch import Tensor

from forecache.plan import Granularity

MODULE = (*BLOCK, Granularity.MODULE)
HIDDEN = (Granularity.HIDDEN,)


def _times(value: float = 0.7) -> Tensor:
    return torch.tensor([value, value / 2])


def _text(tokens: int = 5, width: int = CONTEXT) -> Tensor:
    return torch.randn(ROWS, tokens, width)


def _flux() -> Inputs:
    return {
        "timestep": _times(),
        "context": _text(),
        "y": torch.randn(ROWS, POOLED),
        "guidance": torch.tensor([3.5, 4.0]),
    }


def _chroma() -> Inputs:
    return {"timestep": _times(), "context": _text(), "guidance": torch.zeros(ROWS)}


def _plain() -> Inputs:
    return {"timestep": _times(), "context": _text()}


def _video() -> Inputs:
    return {"timestep": _times(700.0), "context": _text()}


def _plural() -> Inputs:
    return {"timesteps": _times(), "context": _text()}


def _counted() -> Inputs:
    return {**_plural(), "num_tokens": 5}


def _with(inputs: Callable[[], Inputs], **more: Callable[[], Any]) -> Callable[[], Inputs]:
    return lambda: {**inputs(), **{name: make() for name, make in more.items()}}


def _tiny(kind: str, path: str, shape: tuple[int, ...], inputs: Callable[[], Inputs]) -> LayoutCase:
    return LayoutCase(f"comfy.ldm.{path}", TINY_MODELS[kind].unet, shape, inputs)


def _references() -> list[Tensor]:
    return [torch.randn(ROWS, 16, 4, 5), torch.randn(ROWS, 16, 5, 4)]


def _framed() -> list[Tensor]:
    return [torch.randn(ROWS, 16, 1, 4, 6)]


FLUX = _tiny("flux", "flux.model:Flux", (16, 8, 6), _flux)
CHROMA = _tiny("chroma", "chroma.model:Chroma", (16, 8, 6), _chroma)
HUNYUAN_VIDEO = _tiny(
    "hunyuan-video",
    "hunyuan_video.model:HunyuanVideo",
    (16, 2, 8, 6),
    _with(_flux, timestep=lambda: _times(700.0)),
)
WAN = replace(_tiny("wan", "wan.model:WanModel", (16, 3, 8, 6), _video), offered=MODULE)
QWEN_IMAGE = replace(
    _tiny("qwen-image", "qwen_image.model:QwenImageTransformer2DModel", (16, 1, 8, 6), _plain),
    offered=MODULE,
)
LTX = replace(
    _tiny(
        "ltxv",
        "lightricks.model:LTXVModel",
        (128, 2, 4, 3),
        _with(_plain, attention_mask=lambda: None),
    ),
    offered=MODULE,
)
STABLE_DIFFUSION_3 = _tiny(
    "sd3",
    "modules.diffusionmodules.mmdit:OpenAISignatureMMDITWrapper",
    (16, 8, 6),
    _with(_plural, y=lambda: torch.randn(ROWS, POOLED)),
)
MOCHI = replace(
    _tiny(
        "mochi",
        "genmo.joint_model.asymm_models_joint:AsymmDiTJoint",
        (12, 2, 8, 6),
        lambda: {
            "timestep": _times(),
            "context": _text(8),
            "attention_mask": torch.ones(ROWS, 8, dtype=torch.bool),
            "num_tokens": 8,
        },
    ),
    offered=MODULE,
)
HIDREAM = replace(
    _tiny(
        "hidream",
        "hidream.model:HiDreamImageTransformer2DModel",
        (16, 8, 6),
        lambda: {
            "t": _times(700.0),
            "y": torch.randn(ROWS, POOLED),
            "context": _text(4),
            "encoder_hidden_states_llama3": torch.randn(ROWS, 2, 5, CONTEXT),
        },
    ),
    offered=MODULE,
)
LUMINA = replace(_tiny("lumina", "lumina.model:NextDiT", (16, 8, 6), _counted), offered=MODULE)
# PixArt's positions need a picture of half a thousand pixels.
PIXART = replace(_tiny("pixart", "pixart.pixartms:PixArtMS", (4, 48, 32), _plural), offered=MODULE)
COSMOS = replace(
    _tiny("cosmos-predict2", "cosmos.predict2:MiniTrainDIT", (16, 2, 8, 6), _plural),
    offered=MODULE,
)
KANDINSKY = LayoutCase(
    "comfy.ldm.kandinsky5.model:Kandinsky5",
    {
        "in_text_dim": CONTEXT,
        "in_text_dim2": POOLED,
        "time_dim": 32,
        "model_dim": 64,
        "ff_dim": 128,
        "visual_embed_dim": 64,
        "num_text_blocks": 1,
        "num_visual_blocks": 3,
        "axes_dims": (8, 12, 12),
    },
    (16, 2, 8, 6),
    _with(_video, y=lambda: torch.randn(ROWS, POOLED)),
    MODULE,
)
HUNYUAN_3D = LayoutCase(
    "comfy.ldm.hunyuan3d.model:Hunyuan3Dv2",
    {
        "in_channels": 8,
        "context_in_dim": CONTEXT,
        "hidden_size": 64,
        "mlp_ratio": 2.0,
        "num_heads": 2,
        "depth": 2,
        "depth_single_blocks": 2,
    },
    (8, 10),
    _plain,
)
AURA_FLOW = LayoutCase(
    "comfy.ldm.aura.mmdit:MMDiT",
    {
        "dim": 64,
        "n_layers": 4,
        "n_double_layers": 2,
        "n_heads": 2,
        "global_conddim": 64,
        "cond_seq_dim": CONTEXT,
        "max_seq": 64,
    },
    (4, 8, 6),
    _plain,
    HIDDEN,
)
OMNIGEN = LayoutCase(
    "comfy.ldm.omnigen.omnigen2:OmniGen2Transformer2DModel",
    {
        "hidden_size": 64,
        "num_layers": 3,
        "num_refiner_layers": 1,
        "num_attention_heads": 2,
        "num_kv_heads": 1,
        "multiple_of": 32,
        "axes_dim_rope": (8, 12, 12),
        "axes_lens": (64, 64, 64),
        "text_feat_dim": CONTEXT,
    },
    (16, 8, 6),
    _counted,
)

_WAN = {name: value for name, value in WAN.config.items() if name != "model_type"}


def _wan(name: str, module: str = "model", **config: Any) -> LayoutCase:
    return replace(WAN, path=f"comfy.ldm.wan.{module}:{name}", config={**_WAN, **config})


CAMERA = replace(
    _wan("CameraWanModel", model_type="t2v"),
    inputs=_with(_video, camera_conditions=lambda: torch.randn(ROWS, 24, 3, 64, 48)),
)
VACE = replace(
    _wan("VaceWanModel", vace_layers=2, vace_in_dim=12, num_layers=4),
    inputs=_with(
        _video,
        vace_context=lambda: torch.randn(ROWS, 1, 12, 3, 8, 6),
        vace_strength=lambda: [0.8],
    ),
    offered=HIDDEN,
)
HUMO = _wan("HumoWanModel")
SPEECH = replace(_wan("WanModel_S2V", audio_inject_layers=[0, 2]), offered=BLOCK)
ANIMATE = replace(_wan("AnimateWanModel", "model_animate", num_layers=6), offered=BLOCK)

CLASSES: Mapping[str, LayoutCase] = {
    "flux": FLUX,
    "chroma": CHROMA,
    "hunyuan-video": HUNYUAN_VIDEO,
    "hunyuan-3d": HUNYUAN_3D,
    "wan": WAN,
    "wan-camera": CAMERA,
    "wan-vace": VACE,
    "wan-humo": HUMO,
    "wan-speech": SPEECH,
    "wan-animate": ANIMATE,
    "qwen-image": QWEN_IMAGE,
    "ltx": LTX,
    "sd3": STABLE_DIFFUSION_3,
    "mochi": MOCHI,
    "hidream": HIDREAM,
    "lumina": LUMINA,
    "omnigen": OMNIGEN,
    "pixart": PIXART,
    "cosmos": COSMOS,
    "kandinsky": KANDINSKY,
    "aura-flow": AURA_FLOW,
}
"""A usual call of every class that has a layout."""

_Z_IMAGE = {
    **LUMINA.config,
    "dim": 256,
    "n_heads": 8,
    "z_image_modulation": True,
    "pad_tokens_multiple": 8,
}
_NO_LORA = {**COSMOS.config, "use_adaln_lora": False}
_POSITIONS = {**COSMOS.config, "extra_per_block_abs_pos_emb": True}
_OWN_ATTENTION = {**STABLE_DIFFUSION_3.config, "x_block_self_attn_layers": [0]}

VARIANTS: Mapping[str, LayoutCase] = {
    "flux-references": replace(FLUX, inputs=_with(_flux, ref_latents=_references)),
    "flux-odd-size": replace(FLUX, shape=(16, 7, 5)),
    "chroma-odd-size": replace(CHROMA, shape=(16, 7, 5)),
    "hunyuan-reference": replace(
        HUNYUAN_VIDEO,
        inputs=_with(HUNYUAN_VIDEO.inputs, ref_latent=lambda: torch.randn(ROWS, 16, 1, 8, 6)),
        offered=HIDDEN,
        rows=1,
    ),
    "hunyuan-first-frame": replace(
        HUNYUAN_VIDEO,
        inputs=_with(HUNYUAN_VIDEO.inputs, guiding_frame_index=lambda: torch.zeros(ROWS)),
        rows=1,
    ),
    "wan-timestep-per-frame": replace(
        WAN,
        inputs=_with(_video, timestep=lambda: torch.tensor([[0.0, 700.0, 700.0]] * ROWS)),
        offered=BLOCK,
    ),
    "wan-humo-audio": replace(
        HUMO,
        inputs=_with(_video, audio_embed=lambda: torch.randn(ROWS, 3, 8, 5, 1280)),
        offered=BLOCK,
    ),
    "wan-speech-audio": replace(
        SPEECH,
        inputs=_with(_video, audio_embed=lambda: torch.randn(ROWS, 25, 1024, 12)),
        offered=HIDDEN,
    ),
    "qwen-references": replace(QWEN_IMAGE, inputs=_with(_plain, ref_latents=_framed)),
    "qwen-references-at-zero": replace(
        QWEN_IMAGE,
        inputs=_with(_plain, ref_latents=_framed, ref_latents_method=lambda: "index_timestep_zero"),
        offered=BLOCK,
    ),
    "ltx-timestep-per-token": replace(
        LTX,
        inputs=_with(LTX.inputs, timestep=lambda: torch.rand(ROWS, 24, 1)),
        offered=BLOCK,
    ),
    "sd3-own-attention": replace(
        STABLE_DIFFUSION_3, config=_OWN_ATTENTION, needs=("x_block_self_attn_layers",)
    ),
    "hidream-edit": replace(
        HIDREAM, inputs=_with(HIDREAM.inputs, image_cond=lambda: torch.randn(ROWS, 16, 8, 4))
    ),
    "z-image": replace(LUMINA, config=_Z_IMAGE, needs=("z_image_modulation",)),
    "cosmos-without-lora": replace(COSMOS, config=_NO_LORA, needs=("use_adaln_lora",)),
    "cosmos-positions": replace(
        COSMOS, config=_POSITIONS, needs=("extra_per_block_abs_pos_emb",), offered=BLOCK
    ),
    "kandinsky-image": replace(KANDINSKY, shape=(16, 8, 6)),
}
"""Other calls and other checkpoints of the same classes."""

_FLUX_CONTROL = {"input": [torch.full((ROWS, 12, 64), 0.5)], "output": []}

CONTROLLED: Mapping[str, LayoutCase] = {
    "flux": replace(FLUX, inputs=_with(_flux, control=lambda: _FLUX_CONTROL), offered=HIDDEN),
    "chroma": replace(CHROMA, inputs=_with(_chroma, control=lambda: _FLUX_CONTROL), offered=HIDDEN),
    "qwen-image": replace(
        QWEN_IMAGE, inputs=_with(_plain, control=lambda: _FLUX_CONTROL), offered=HIDDEN
    ),
    "sd3": replace(
        STABLE_DIFFUSION_3,
        inputs=_with(
            STABLE_DIFFUSION_3.inputs,
            control=lambda: {"output": [torch.full((ROWS, 12, 128), 0.5)]},
        ),
        offered=HIDDEN,
    ),
}
"""Calls with a ControlNet's residuals."""
