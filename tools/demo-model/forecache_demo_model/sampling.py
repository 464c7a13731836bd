"""Euler sampling of a rectified flow with classifier-free guidance."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .dit import CLASS_COUNT, NULL_CLASS

Network = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(x [B, 1, S, S], t [B], y [B]) -> velocity [B, 1, S, S]: a `DiT` or a `ComposedNetwork`."""


@torch.no_grad()
def sample(
    network: Network, noise: Tensor, labels: Tensor, *, guidance: float, steps: int
) -> Tensor:
    """Images [B, 1, S, S] from `noise` at t = 1, in `steps` even Euler steps down to t = 0."""
    x = noise
    both = torch.cat([labels, torch.full_like(labels, NULL_CLASS)])
    for step in range(steps):
        t = torch.full((2 * len(labels),), 1.0 - step / steps)
        cond, uncond = network(torch.cat([x, x]), t, both).chunk(2)
        x = x - (uncond + guidance * (cond - uncond)) / steps
    return x


def cycling_labels(count: int) -> Tensor:
    """`count` labels that cycle through the classes."""
    return torch.arange(count) % CLASS_COUNT
