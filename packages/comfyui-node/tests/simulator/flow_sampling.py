"""Flow matching as ComfyUI's `model_sampling` offers it."""

from __future__ import annotations

import torch
from torch import Tensor

BEFORE_ANY_SIGMA = 999999999.9
"""The sigma of 0 per cent: no schedule begins above it."""


class FlowSampling:
    """`x = (1 - sigma) * x0 + sigma * noise`.

    shift: above 1 the schedule stays longer at high sigmas. multiplier: of the timestep that the
    network is given; 1 for FLUX, 1000 for Wan.
    """

    def __init__(self, multiplier: float, shift: float = 1.5) -> None:
        self.multiplier, self.shift = multiplier, shift

    def timestep(self, sigma: Tensor) -> Tensor:
        """What the network is told instead of sigma."""
        return sigma * self.multiplier

    def noise_scaling(self, sigma: Tensor, noise: Tensor, latent: Tensor) -> Tensor:
        """The sample that a run begins with."""
        return sigma * noise + (1 - sigma) * latent

    def calculate_denoised(self, sigma: Tensor, output: Tensor, x: Tensor) -> Tensor:
        """x0 of the network's velocity."""
        return x - output * sigma.reshape(-1, *[1] * (x.ndim - 1))

    def percent_to_sigma(self, percent: float) -> float:
        """The sigma after a share, 0 to 1, of the noise schedule."""
        if percent <= 0:
            return BEFORE_ANY_SIGMA
        return 0.0 if percent >= 1 else self._shifted(1 - percent)

    def schedule(self, steps: int) -> Tensor:
        """`steps + 1` falling sigmas, from 1 to 0."""
        return torch.tensor([self._shifted(1 - step / steps) for step in range(steps + 1)])

    def _shifted(self, time: float) -> float:
        return self.shift * time / (1 + (self.shift - 1) * time)
