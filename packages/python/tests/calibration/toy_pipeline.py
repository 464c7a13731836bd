"""A pipeline of a few lines around any Diffusers scheduler: what calibration needs of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import Tensor, nn

SHAPE = (1, 2, 4, 4)


class ToyTransformer(nn.Module):
    """Smooth in the sample and in time, so that lines through its outputs are near them."""

    def forward(self, hidden_states: Tensor, timestep: Tensor) -> Tensor:
        time = timestep.float().reshape(-1, *[1] * (hidden_states.ndim - 1)) / 1000
        output = torch.tanh(hidden_states) * (1 + time) + 0.5 * time**2
        return output.to(hidden_states.dtype)


class ToyPipeline:
    """Draws latents from the generator and returns the final ones.

    guide: what becomes of the transformer's output. change: what becomes of the sample of a step.
    """

    def __init__(self, scheduler: Any = None) -> None:
        self.transformer = ToyTransformer()
        self.scheduler = scheduler or FlowMatchEulerDiscreteScheduler()
        self.guide: Callable[[Tensor], Tensor] = lambda output: output
        self.change: Callable[[Tensor], Tensor] = lambda sample: sample

    @property
    def components(self) -> dict[str, Any]:
        return {"transformer": self.transformer, "scheduler": self.scheduler}

    def __call__(
        self,
        steps: int = 8,
        generator: torch.Generator | None = None,
        dtype: torch.dtype = torch.float32,
        step_arguments: Mapping[str, Any] | None = None,
    ) -> Tensor:
        self.scheduler.set_timesteps(steps)
        sample = torch.randn(SHAPE, generator=generator, dtype=dtype)
        sample = sample * getattr(self.scheduler, "init_noise_sigma", 1.0)
        scaled = getattr(self.scheduler, "scale_model_input", lambda tensor, _timestep: tensor)
        for timestep in self.scheduler.timesteps:
            given = scaled(sample, timestep)
            output = self.guide(self.transformer(given, timestep=timestep.expand(1)))
            answer = self.scheduler.step(output, timestep, sample, **step_arguments or {})
            sample = self.change(answer.prev_sample)
        return sample


def seeded(seed: int = 0) -> torch.Generator:
    """A generator at a seed."""
    return torch.Generator().manual_seed(seed)


def noise_for(pipe: ToyPipeline, seed: int, steps: int = 8) -> Tensor:
    """A run of the seed: `call` of `calibrate`."""
    return pipe(generator=seeded(seed), steps=steps)
