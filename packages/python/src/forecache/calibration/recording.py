"""Records what a scheduler is given: the guided output of every call, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.replay import Replay
from forecache.calibration.sampler_response import (
    assert_linear,
    movement,
    rounding_tolerance,
    sampler_response,
)
from forecache.calibration.step_call import StepCall, read_step_call, sample_after
from forecache.errors import ForecacheError


@dataclass
class Recording:
    """One run: its guided outputs by call and its final sample, flat (`Elements`).

    start: the sample before the first call, whole. timesteps: one a call, in the scheduler's unit.
    """

    elements: Elements
    outputs: list[Tensor] = field(default_factory=list)
    timesteps: list[float] = field(default_factory=list)
    replay: Replay | None = None
    start: Tensor | None = None
    final: Tensor | None = None
    _listed: Any = None

    def begin(self, scheduler: Any, call: StepCall) -> None:
        """Notes a step before it is made."""
        listed = getattr(scheduler, "timesteps", None)
        if self.replay is None:
            self.replay = Replay(scheduler)
            self.start = call.sample.detach().clone()
            self._listed = listed
        if listed is not self._listed:
            raise ForecacheError(
                "a run must be one pass through the scheduler's timesteps, got a second list"
            )
        self.replay.add(call)
        self.timesteps.append(float(torch.as_tensor(call.rest["timestep"]).max()))
        self.outputs.append(self.elements.of(call.model_output))

    def end(self, sample: Tensor) -> None:
        """Notes what a step returned."""
        self.final = self.elements.of(sample)

    @property
    def calls(self) -> int:
        """Calls of the network that reached the scheduler."""
        return len(self.outputs)

    @property
    def dtype(self) -> torch.dtype:
        """What outputs are in."""
        return self.outputs[0].dtype

    def response(self) -> Tensor:
        """The sampler's response. Raises ForecacheError where this run contradicts it."""
        replay, start, _ = self._made()
        response = sampler_response(replay, start.device)
        self.check(response)
        return response

    def check(self, response: Tensor) -> None:
        """Raises ForecacheError unless the response says how this run's outputs moved its final
        sample.
        """
        replay, start, final = self._made()
        zero = torch.zeros(start.shape, dtype=self.dtype, device=start.device)
        still = self.elements.of(replay.run(start, lambda _index: zero)[-1])
        moved = final.double() - still.double()
        tolerance = rounding_tolerance((start.dtype, self.dtype), self.calls)
        assert_linear(replay.name, movement(response, self.outputs), moved, tolerance)

    def _made(self) -> tuple[Replay, Tensor, Tensor]:
        if self.replay is None or self.start is None or self.final is None:
            raise ForecacheError("a run must call scheduler.step, it did not")
        return self.replay, self.start, self.final


@contextmanager
def recorded(scheduler: Any, elements: Elements) -> Iterator[Recording]:
    """Records the scheduler's steps inside; gives its `step` back whatever happens."""
    step = scheduler.step
    own = scheduler.__dict__.get("step")
    recording = Recording(elements)

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
