"""Records what a Diffusers scheduler is given: the guided output of every call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.recording import Recording
from forecache.calibration.scheduler_replay import SchedulerReplay
from forecache.calibration.step_call import StepCall, read_step_call, sample_after
from forecache.errors import ForecacheError


@dataclass
class SchedulerRecording(Recording):
    """A run of a pipeline; timesteps are in the scheduler's unit."""

    unsampled = "a run must call scheduler.step, it did not"

    _steps: SchedulerReplay | None = None
    _listed: Any = None

    def begin(self, scheduler: Any, call: StepCall) -> None:
        """Notes a step before it is made."""
        listed = getattr(scheduler, "timesteps", None)
        if self._steps is None:
            self.replay = self._steps = SchedulerReplay(scheduler)
            self.start = call.sample.detach().clone()
            self._listed = listed
        if listed is not self._listed:
            raise ForecacheError(
                "a run must be one pass through the scheduler's timesteps, got a second list"
            )
        self._steps.add(call)
        self.timesteps.append(float(torch.as_tensor(call.rest["timestep"]).max()))
        self.outputs.append(self.elements.of(call.model_output))

    def end(self, sample: Tensor) -> None:
        """Notes what a step returned."""
        self.final = self.elements.of(sample)


@contextmanager
def recorded(scheduler: Any, elements: Elements) -> Iterator[SchedulerRecording]:
    """Records the scheduler's steps inside; gives its `step` back whatever happens."""
    step = scheduler.step
    own = scheduler.__dict__.get("step")
    recording = SchedulerRecording(elements)

    def recording_step(*args: Any, **kwargs: Any) -> Any:
        recording.begin(scheduler, read_step_call(step, args, kwargs))
        answer = step(*args, **kwargs)
        recording.end(sample_after(answer))
        return answer

    scheduler.step = recording_step
    try:
        yield recording
    finally:
        if own is None:
            del scheduler.step
        else:
            scheduler.step = own
