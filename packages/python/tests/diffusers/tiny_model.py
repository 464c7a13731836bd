"""What a tiny transformer is: the smallest configuration of its class, random weights and inputs.

Diffusers starts gates and heads at zero, and a branch times zero tests nothing: every parameter is
drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import diffusers
import torch
from torch import Tensor, nn

Inputs = dict[str, Any]
"""Keyword arguments of one call of a transformer."""

WEIGHT_SPREAD = 0.2
"""Standard deviation of the drawn weights; norms' weights lie this far around one."""


class Noise:
    """Standard normal tensors of a seed, in the order of asking."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self._generator)


@dataclass(frozen=True)
class TinyModel:
    """One class at its smallest.

    draw: `(noise, timestep, batch)` -> the arguments of a call; conditioning differs by row.
    branches: the module sites of this configuration, counted by hand.
    timestep: one in the unit of the transformer's argument, somewhere in the middle.
    """

    class_name: str
    config: Mapping[str, Any]
    draw: Callable[[Noise, float, int], Inputs]
    branches: int
    timestep: float = 500.0

    def build(self, seed: int = 0) -> nn.Module:
        """A new transformer in evaluation mode; the same seed gives the same weights."""
        transformer: nn.Module = getattr(diffusers, self.class_name)(**self.config)
        randomise(transformer, seed)
        return transformer.eval()

    def inputs(self, seed: int = 0, timestep: float | None = None, batch: int = 2) -> Inputs:
        """Arguments of one call; all but the timestep come from the seed."""
        return self.draw(Noise(seed), self.timestep if timestep is None else timestep, batch)


@torch.no_grad()
def randomise(module: nn.Module, seed: int) -> None:
    """Draws every parameter anew, those that are all ones (norms) around one."""
    noise = Noise(seed)
    for parameter in module.parameters():
        centre = 1.0 if bool((parameter == 1).all()) else 0.0
        parameter.copy_(centre + WEIGHT_SPREAD * noise(*parameter.shape))


def padded_mask(batch: int, tokens: int) -> Tensor:
    """A text mask `[batch, tokens]`, int64: every row has one word fewer than the row before."""
    words = tokens - torch.arange(batch)[:, None]
    return (torch.arange(tokens)[None] < words).long()
