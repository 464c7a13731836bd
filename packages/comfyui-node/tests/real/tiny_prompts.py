"""Random prompts of a run, as ComfyUI's conditioning nodes would hand them over."""

# ruff: noqa: PLC0415 # comfy can be imported after `import_comfy` only

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from comfy_host import SampleRun
from tiny_models import TinyModel
from torch import Tensor

Conditioning = list[list[Any]]

_STRENGTH = 0.05
"""Of a ControlNet's residuals."""


@dataclass(frozen=True)
class Prompts:
    """What a guider is given. middle: of the guider with three prompts."""

    positive: Conditioning
    negative: Conditioning
    middle: Conditioning | None


def tiny_prompts(patcher: Any, tiny: TinyModel, run: SampleRun, sigmas: Tensor) -> Prompts:
    """The prompts of a run, by its seed."""
    control = _control(tiny, run) if run.control else None
    first = _prompt(tiny, run.positive_tokens, 101, control)
    second = _prompt(tiny, run.positive_tokens, 103, control)
    positive = first
    height, width = (side * tiny.magnified for side in run.size)
    if run.areas:
        wide, narrow = width * 3 // 4, width // 2
        positive = [
            *_with(first, area=(height, wide, 0, 0)),
            *_with(second, area=(height, narrow, 0, width - narrow)),
        ]
    if run.switch_at is not None:
        percent = percent_after(patcher, sigmas, run.switch_at)
        positive = [
            *_with(first, start_percent=0.0, end_percent=percent),
            *_with(second, start_percent=percent, end_percent=1.0),
        ]
    negative = _prompt(tiny, run.negative_tokens, 102, control)
    middle = _prompt(tiny, run.positive_tokens, 104, control) if run.dual else None
    return Prompts(positive, negative, middle)


def percent_after(patcher: Any, sigmas: Tensor, share: float) -> float:
    """The per cent that falls between the sigmas before and after this share of the steps."""
    step = round(share * (len(sigmas) - 1))
    wanted = (float(sigmas[step - 1]) + float(sigmas[step])) / 2
    sampling = patcher.get_model_object("model_sampling")
    low, high = 0.0, 1.0
    for _ in range(40):
        between = (low + high) / 2
        low, high = (
            (between, high) if sampling.percent_to_sigma(between) > wanted else (low, between)
        )
    return low


def _prompt(tiny: TinyModel, tokens: int, seed: int, control: Any) -> Conditioning:
    generator = torch.Generator().manual_seed(seed)
    text = torch.randn((1, tokens, tiny.context), generator=generator)
    pooled = torch.randn((1, tiny.pooled), generator=generator)
    facts: dict[str, Any] = {"pooled_output": pooled}
    if tiny.llama is not None:
        layers, width = tiny.llama
        llama = torch.randn((1, layers, tokens, width), generator=generator)
        facts["conditioning_llama3"] = llama
    if tiny.is_masked:
        facts["attention_mask"] = torch.ones((1, tokens), dtype=torch.long)
    if control is not None:
        facts |= {"control": control, "control_apply_to_uncond": False}
    return [[text, facts]]


def _with(prompt: Conditioning, **facts: Any) -> Conditioning:
    return [[text, {**known, **facts}] for text, known in prompt]


def _control(tiny: TinyModel, run: SampleRun) -> Any:
    """A ControlNet without weights: its residual is random, the same in every evaluation."""
    from comfy.controlnet import ControlBase

    if tiny.control is None:
        return None
    place, width = tiny.control
    tokens = (run.size[0] // 2) * (run.size[1] // 2) * (run.frames if tiny.is_video else 1)
    generator = torch.Generator().manual_seed(105)
    residual = torch.randn((1, tokens, width), generator=generator) * _STRENGTH

    class TinyControl(ControlBase):  # type: ignore[misc] # ComfyUI has no types
        """Adds the residual behind the first block."""

        def get_control(self, noisy: Tensor, *_: Any) -> dict[str, list[Tensor]]:
            rows = residual.expand(noisy.shape[0], -1, -1)
            return {"input": [], "output": [], place: [rows]}

    return TinyControl()
