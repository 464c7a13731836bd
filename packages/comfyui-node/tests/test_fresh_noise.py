"""Why `change` stands in for `output` where a sampler adds noise between evaluations.

Of data that are one Gaussian the best possible network is known in closed form, so that forecasts
can be compared on something that denoises as a trained network does.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

STEPS, INTERVAL, WIDTH = 24, 3, 256
SPREAD = 0.3
"""Standard deviation of the data around their mean."""


def best_velocity(x: Tensor, sigma: float, mean: Tensor) -> Tensor:
    """`(x - E[x0 | x]) / sigma` of flow matching, `x = (1 - sigma) x0 + sigma noise`."""
    rest = 1 - sigma
    variance = rest**2 * SPREAD**2 + sigma**2
    denoised = mean + SPREAD**2 * rest / variance * (x - rest * mean)
    return (x - denoised) / sigma


def sampled(kept: str, eta: float) -> Tensor:
    """An ancestral Euler run; between full calls a line through what is `kept`."""
    generator = torch.Generator().manual_seed(1)
    mean = torch.randn(WIDTH, generator=generator)
    x = torch.randn(8, WIDTH, generator=generator)
    stored: list[Tensor] = []
    for call in range(STEPS):
        sigma, following = 1 - call / STEPS, 1 - (call + 1) / STEPS
        offset = x if kept == "change" else torch.zeros_like(x)
        since = call % INTERVAL
        if since == 0 or kept == "everything" or len(stored) < 2:
            velocity = best_velocity(x, sigma, mean)
            if since == 0:
                stored = [velocity - offset, *stored[:1]]
        else:
            newest, before = stored
            velocity = offset + newest + (newest - before) * since / INTERVAL
        x = ancestral_step(x, velocity, (sigma, following), eta, generator)
    return x


def ancestral_step(
    x: Tensor, velocity: Tensor, sigmas: tuple[float, float], eta: float, generator: torch.Generator
) -> Tensor:
    """Down further than to the next sigma, and back up with fresh noise; eta 0 adds none."""
    sigma, following = sigmas
    down = following * (1 + (following / sigma - 1) * eta)
    kept = (1 - following) / (1 - down)
    renoise = math.sqrt(max(following**2 - (down * kept) ** 2, 0))
    noise = torch.randn(x.shape, generator=generator)
    return kept * (x + (down - sigma) * velocity) + renoise * noise


def error(kept: str, eta: float) -> float:
    truth = sampled("everything", eta)
    return float((sampled(kept, eta) - truth).norm() / truth.norm())


@pytest.mark.parametrize("eta", [0.5, 1.0])
def test_with_fresh_noise_the_change_is_closer(eta: float) -> None:
    assert error("change", eta) < 0.8 * error("output", eta)


def test_without_noise_the_output_is_closer() -> None:
    assert error("output", 0.0) < error("change", 0.0)
