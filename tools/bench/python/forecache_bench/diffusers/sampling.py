"""A sampling loop with the same inputs for every contestant, which times each call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from torch import Tensor, nn


class Inputs(Protocol):
    """What a network family is called with."""

    def first(self) -> Tensor:
        """The latents of the first call."""

    def arguments(self, latents: Tensor, timestep: Tensor) -> dict[str, Any]:
        """The arguments of one call."""

    def velocity(self, output: Tensor) -> Tensor:
        """What the scheduler steps with, of the latents' shape."""


@dataclass
class CallTimes:
    """Seconds of each call of a run. On CUDA, events are read when the run has ended."""

    device: torch.device
    marks: list[tuple[Any, Any]] = field(default_factory=list)

    def mark(self) -> Any:
        """A point in time on the device."""
        if self.device.type != "cuda":
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call] # no hints
        event.record()
        return event

    def seconds(self) -> list[float]:
        """The time between the two marks of each call."""
        if self.device.type != "cuda":
            return [stop - start for start, stop in self.marks]
        torch.cuda.synchronize(self.device)
        return [start.elapsed_time(stop) / 1000 for start, stop in self.marks]


AfterCall = Callable[[Tensor, list[Tensor]], None]
"""Is given the network's output and the tensors that the loop itself holds."""


class SamplingPipeline(DiffusionPipeline):
    """A Diffusers pipeline reduced to its denoising loop: hooks on pipelines see what they know."""

    transformer: nn.Module
    scheduler: Any

    def __init__(self, transformer: nn.Module, scheduler: Any) -> None:
        super().__init__()
        self.register_modules(  # type: ignore[no-untyped-call] # Diffusers gives no hints
            transformer=transformer, scheduler=scheduler
        )

    @torch.no_grad()
    def __call__(
        self,
        inputs: Inputs,
        steps: int,
        times: CallTimes,
        trajectory: Sequence[Tensor] | None = None,
        after_call: AfterCall | None = None,
    ) -> list[Tensor]:
        """Runs the loop and returns the latents before each call.

        trajectory: the latents that each call gets, whatever came out of the call before; None: the
            sampler's.
        after_call: runs after each call of the network, outside the timed part.
        """
        self.scheduler.set_timesteps(steps, device=times.device)
        latents = inputs.first()
        seen: list[Tensor] = []
        for index, timestep in enumerate(self.scheduler.timesteps):
            if trajectory is not None:
                latents = trajectory[index]
            seen.append(latents)
            arguments = inputs.arguments(latents, timestep)
            started = times.mark()
            output = self.transformer(**arguments, return_dict=False)[0]
            times.marks.append((started, times.mark()))
            if after_call is not None:
                loop = [*seen, *arguments.values(), *vars(self.scheduler).values(), output]
                after_call(output, [value for value in loop if torch.is_tensor(value)])
            latents = self.scheduler.step(inputs.velocity(output), timestep, latents).prev_sample
        self.maybe_free_model_hooks()  # type: ignore[no-untyped-call] # no hints
        return seen
