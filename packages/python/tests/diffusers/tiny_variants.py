"""Configurations and calls of the known classes that take other paths through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from tiny_image_models import DIT, FLUX, HIDREAM, PIXART, QWEN_IMAGE, STABLE_DIFFUSION_3
from tiny_model import Inputs, Noise, TinyModel
from tiny_video_models import COGVIDEOX, FRAMEPACK, HUNYUAN_VIDEO, LTX, WAN

Change = Callable[[Inputs, Noise], Inputs]
"""`(the model's own arguments, noise)` -> arguments to put over them; None takes one away."""


def _batch(given: Inputs) -> int:
    return int(given["hidden_states"].shape[0])


def _variant(
    model: TinyModel,
    config: Mapping[str, Any] | None = None,
    change: Change = lambda _given, _noise: {},
    branches: int | None = None,
) -> TinyModel:
    """The model with other settings and other arguments."""

    def draw(noise: Noise, timestep: float, batch: int) -> Inputs:
        given = model.draw(noise, timestep, batch)
        changed = given | change(given, noise)
        return {name: value for name, value in changed.items() if value is not None}

    return replace(
        model,
        config={**model.config, **(config or {})},
        draw=draw,
        branches=model.branches if branches is None else branches,
    )


def _control(*names: str, tokens: int, width: int) -> Change:
    """Two ControlNet residuals under each name."""
    return lambda given, noise: {
        name: [noise(_batch(given), tokens, width) for _ in range(2)] for name in names
    }


CONTROLLED: dict[str, TinyModel] = {
    "flux": _variant(
        FLUX,
        change=_control(
            "controlnet_block_samples", "controlnet_single_block_samples", tokens=16, width=32
        ),
    ),
    "sd3": _variant(
        STABLE_DIFFUSION_3,
        change=_control("block_controlnet_hidden_states", tokens=16, width=32),
    ),
    "qwen": _variant(QWEN_IMAGE, change=_control("controlnet_block_samples", tokens=16, width=64)),
}
"""Calls with ControlNet residuals, which the transformer adds between its blocks."""

VARIANTS: dict[str, TinyModel] = {
    **{f"{name} with controlnet": model for name, model in CONTROLLED.items()},
    "flux without guidance": _variant(
        FLUX, {"guidance_embeds": False}, lambda _given, _noise: {"guidance": None}
    ),
    "pixart without sizes": _variant(
        PIXART,
        {"use_additional_conditions": False},
        lambda _given, _noise: {"added_cond_kwargs": None},
    ),
    "sd3 without second attention": _variant(
        STABLE_DIFFUSION_3, {"dual_attention_layers": ()}, branches=3 * 2
    ),
    "qwen with additional timestep condition": _variant(
        QWEN_IMAGE,
        {"use_additional_t_cond": True},
        lambda given, _noise: {"additional_t_cond": torch.arange(_batch(given)) % 2},
    ),
    "hidream with latents that are not square": _variant(
        HIDREAM, change=lambda given, noise: {"hidden_states": noise(_batch(given), 4, 8, 16)}
    ),
    "cogvideox with ofs": _variant(
        COGVIDEOX, {"ofs_embed_dim": 6}, lambda _given, _noise: {"ofs": torch.tensor([2.0])}
    ),
    "ltx with a timestep column": _variant(
        LTX, change=lambda given, _noise: {"timestep": given["timestep"][:, None]}
    ),
}
"""Variants that can be forecast at every granularity."""

TOKENWISE: dict[str, tuple[TinyModel, str]] = {
    "wan with a timestep for every token": (
        _variant(
            WAN,
            change=lambda given, _noise: {
                "timestep": torch.arange(32).repeat(_batch(given), 1) * 20,
            },
        ),
        "a timestep for every token (gates differ from token to token)",
    ),
    "ltx with a timestep for every token": (
        _variant(
            LTX,
            change=lambda given, _noise: {
                "timestep": torch.linspace(0, 900, 32).repeat(_batch(given), 1),
            },
        ),
        "a timestep for every token (gates differ from token to token)",
    ),
    "qwen with zero_cond_t": (
        _variant(
            QWEN_IMAGE,
            {"zero_cond_t": True},
            lambda given, _noise: {"img_shapes": [[(1, 2, 4), (1, 2, 4)]] * _batch(given)},
        ),
        "zero_cond_t (gates differ from token to token)",
    ),
    "hunyuan video with token_replace": (
        _variant(HUNYUAN_VIDEO, {"image_condition_type": "token_replace"}),
        "token_replace (the first frame has gates of its own)",
    ),
}
"""Variants whose gates are not one row a sample: refused at `module`, with the reason."""

ONE_ROW: dict[str, TinyModel] = {"dit": DIT, "framepack": FRAMEPACK}
"""Classes that go another way when the batch is one row."""
