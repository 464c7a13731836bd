"""Samplers that evaluate as often and at the same sigmas as those of ComfyUI."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

Denoise = Callable[[Tensor, Tensor], Tensor]
"""`(x, sigma) -> x0`."""

FIRST_SIGMA_OF_ER_SDE = 0.99997
"""Where er_sde evaluates instead of 1: its half log-SNR must be finite."""

_RENEWED = 0.1  # share of the noise that an ancestral sampler makes anew
_DROPS_PENULTIMATE = ("dpm_2",)


class KSAMPLER:
    """A sampler as a guider runs it."""

    def __init__(self, sampler_function: Callable[..., Tensor]) -> None:
        self.sampler_function = sampler_function

    def sample(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        guider: Any,
        sigmas: Tensor,
        extra_args: dict[str, Any],
        callback: Any,
        noise: Tensor,
        latent_image: Tensor,
        denoise_mask: Tensor | None = None,
        disable_pbar: bool = False,
    ) -> Tensor:
        """From noise to the last sigma."""
        sampling = guider.inner_model.model_sampling
        steps = len(sigmas) - 1

        def denoise(x: Tensor, sigma: Tensor) -> Tensor:
            x0: Tensor = guider(x, sigma.expand(x.shape[0]), **extra_args)
            return x0

        def stepped(step: int, x: Tensor, x0: Tensor) -> None:
            if callback is not None:
                callback(step, x0, x, steps)

        x = sampling.noise_scaling(sigmas[0], noise, latent_image)
        fresh = torch.Generator().manual_seed(extra_args["seed"] + 1)
        return self.sampler_function(denoise, x, sigmas, stepped, fresh)


def sampler_object(name: str) -> KSAMPLER:
    """ComfyUI's sampler of a name. Raises KeyError for one that is not simulated."""
    return KSAMPLER(_FUNCTIONS[name])


def schedule_of(name: str, steps: int, schedule: Callable[[int], Tensor]) -> Tensor:
    """The sigmas of a run of so many steps; some samplers leave out the last but one."""
    if name not in _DROPS_PENULTIMATE:
        return schedule(steps)
    longer = schedule(steps + 1)
    return torch.cat([longer[:-2], longer[-1:]])


def sample_euler(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """One evaluation a step."""
    for step, (sigma, following) in enumerate(_pairs(sigmas)):
        x0 = denoise(x, sigma)
        stepped(step, x, x0)
        x = _moved(x, x0, sigma, following)
    return x


def sample_euler_ancestral(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """Euler, and a part of the noise is made anew at every step."""
    for step, (sigma, following) in enumerate(_pairs(sigmas)):
        x0 = denoise(x, sigma)
        stepped(step, x, x0)
        x = _moved(x, x0, sigma, following)
        renewed = following * _RENEWED
        kept = torch.sqrt(following**2 - renewed**2)
        noise = (x - (1 - following) * x0) / following if following > 0 else torch.zeros_like(x)
        x = (1 - following) * x0 + kept * noise + renewed * _noise(x, fresh)
    return x


def sample_dpmpp_2m(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """DPM-Solver++(2M): one evaluation a step, and the one before for the second order."""
    before: tuple[Tensor, float] | None = None
    for step, (sigma, following) in enumerate(_pairs(sigmas)):
        x0 = denoise(x, sigma)
        stepped(step, x, x0)
        width = math.log(float(sigma / following)) if following > 0 else math.inf
        guess = x0
        if before is not None and math.isfinite(width):
            guess = x0 + (x0 - before[0]) * width / (2 * before[1])
        x = _moved(x, guess, sigma, following)
        before = (x0, width)
    return x


def sample_heun(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """Twice a step, at both of its ends; once in the last."""
    for step, (sigma, following) in enumerate(_pairs(sigmas)):
        x0 = denoise(x, sigma)
        stepped(step, x, x0)
        ahead = _moved(x, x0, sigma, following)
        if following > 0:
            slope = (x - x0) / sigma + (ahead - denoise(ahead, following)) / following
            ahead = x + slope / 2 * (following - sigma)
        x = ahead
    return x


def sample_dpm_2(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """Twice a step, the second time at a sigma between; once in the last."""
    for step, (sigma, following) in enumerate(_pairs(sigmas)):
        x0 = denoise(x, sigma)
        stepped(step, x, x0)
        if following > 0:
            middle = torch.sqrt(sigma * following)
            at_middle = _moved(x, x0, sigma, middle)
            slope = (at_middle - denoise(at_middle, middle)) / middle
            x = x + slope * (following - sigma)
        else:
            x = x0
    return x


def sample_er_sde(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """One evaluation a step; the first is not quite at the schedule's sigma."""
    return sample_euler(denoise, x, sigmas.clamp(max=FIRST_SIGMA_OF_ER_SDE), stepped, fresh)


def sample_lcm(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """All of the noise is made anew at every step."""
    for step, (sigma, following) in enumerate(_pairs(sigmas)):
        x0 = denoise(x, sigma)
        stepped(step, x, x0)
        x = (1 - following) * x0 + following * _noise(x, fresh)
    return x


def sample_mystery(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """Nobody knows its name; it evaluates once a step."""
    return sample_euler(denoise, x, sigmas, stepped, fresh)


def sample_mystery_twice(
    denoise: Denoise, x: Tensor, sigmas: Tensor, stepped: Any, fresh: torch.Generator
) -> Tensor:
    """Nobody knows its name; it evaluates twice a step, as Heun's method."""
    return sample_heun(denoise, x, sigmas, stepped, fresh)


_FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "euler": sample_euler,
    "ddim": sample_euler,
    "euler_ancestral": sample_euler_ancestral,
    "dpmpp_2m": sample_dpmpp_2m,
    "heun": sample_heun,
    "dpm_2": sample_dpm_2,
    "er_sde": sample_er_sde,
    "lcm": sample_lcm,
    "mystery": sample_mystery,
    "mystery_twice": sample_mystery_twice,
}

SAMPLERS = frozenset(_FUNCTIONS)
"""Names of the samplers that are simulated."""


def _pairs(sigmas: Tensor) -> list[tuple[Tensor, Tensor]]:
    return list(pairwise(sigmas))


def _moved(x: Tensor, x0: Tensor, sigma: Tensor, following: Tensor) -> Tensor:
    """Along the line from `x` to x0."""
    return x + (x - x0) / sigma * (following - sigma)


def _noise(like: Tensor, fresh: torch.Generator) -> Tensor:
    return torch.randn(like.shape, generator=fresh)
