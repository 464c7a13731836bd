"""A Diffusers pipeline around the trained network: class labels in, images out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from diffusers import (
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    FlowMatchHeunDiscreteScheduler,
    UniPCMultistepScheduler,
)
from torch import Tensor, nn

from forecache_bench.calibration.trained_dit import NULL_CLASS, trained_dit

GUIDANCE = 2.0

SCHEDULERS: dict[str, Callable[[], Any]] = {
    "Euler": FlowMatchEulerDiscreteScheduler,
    "DPM-Solver++(2M)": lambda: DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True
    ),
    "UniPC": lambda: UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True
    ),
    "Heun": FlowMatchHeunDiscreteScheduler,
}
"""Rectified flow with Diffusers' schedulers."""


class TrainedPipeline(DiffusionPipeline):
    """Rectified flow with batched classifier-free guidance. Images are in [0, 1], not clipped."""

    def __init__(self, transformer: nn.Module, scheduler: Any) -> None:
        super().__init__()
        self.register_modules(transformer=transformer, scheduler=scheduler)
        self.set_progress_bar_config(disable=True)

    @torch.no_grad()
    def __call__(
        self, class_labels: Sequence[int], latents: Tensor, num_inference_steps: int = 50
    ) -> Tensor:
        """Images `[B, 1, S, S]` from noise of that shape."""
        labels = torch.tensor([*class_labels, *[NULL_CLASS] * len(class_labels)])
        self._set_timesteps(num_inference_steps)
        for timestep in self.scheduler.timesteps:
            both = torch.cat([latents, latents])
            timesteps = timestep.expand(len(both))
            velocity = self.transformer(both, timesteps, class_labels=labels).sample
            cond, uncond = velocity.chunk(2)
            guided = uncond + GUIDANCE * (cond - uncond)
            latents = self.scheduler.step(guided, timestep, latents).prev_sample
        return latents / 2 + 0.5

    def _set_timesteps(self, steps: int) -> None:
        if isinstance(self.scheduler, FlowMatchEulerDiscreteScheduler):
            # Even steps down to 0, as FLUX makes them.
            self.scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps).tolist())
        else:
            self.scheduler.set_timesteps(steps)


def trained_pipeline(scheduler: str) -> TrainedPipeline:
    """The pipeline with one of `SCHEDULERS`."""
    return TrainedPipeline(trained_dit(), SCHEDULERS[scheduler]())


def batch_of(seeds: Sequence[int]) -> dict[str, Any]:
    """Labels and noise of seeds: what a seed makes does not depend on the others."""
    noise = [torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(s)) for s in seeds]
    return {"class_labels": [seed % 10 for seed in seeds], "latents": torch.stack(noise)}
