"""The steps of a Diffusers scheduler again, on outputs of one's own choice."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from forecache.calibration.random_state import GlobalState, copies
from forecache.calibration.step_call import StepCall, sample_after
from forecache.errors import ForecacheError


class SchedulerReplay:
    """The `Replay` of one recorded run: the scheduler as it was before the first step, what the
    steps were called with, and the noise that they drew.
    """

    noun = "scheduler"

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = _bare_copy(scheduler)
        self._state = GlobalState()
        self._steps: list[Mapping[str, Any]] = []
        self._generators: dict[str, Any] = {}

    def add(self, call: StepCall) -> None:
        """Notes a step. Called before it is made: the first one's generator has not drawn yet."""
        if not self._steps:
            self._generators = {"generator": copies(call.rest.get("generator"))}
        self._steps.append(call.rest)

    @property
    def calls(self) -> int:
        """Steps that were noted."""
        return len(self._steps)

    @property
    def name(self) -> str:
        """The scheduler's class."""
        return type(self._scheduler).__name__

    def run(self, start: Tensor, output: Callable[[int], Tensor]) -> list[Tensor]:
        """The sample before every call and the final one, given the outputs by call.

        Raises ForecacheError where the scheduler refuses.
        """
        scheduler = _bare_copy(self._scheduler)
        generator = copies(self._generators.get("generator"))
        samples = [start]
        with self._state.again():
            for index, rest in enumerate(self._steps):
                arguments = dict(rest, return_dict=False)
                if "generator" in rest:
                    arguments["generator"] = generator
                try:
                    answer = scheduler.step(
                        model_output=output(index), sample=samples[-1], **arguments
                    )
                except Exception as error:
                    raise ForecacheError(
                        f"scheduler must be one whose steps can be made again, got {self.name}: "
                        f"{type(error).__name__}: {error}"
                    ) from error
                samples.append(sample_after(answer))
        return samples


def _bare_copy(scheduler: Any) -> Any:
    """A deep copy whose `step` is its class's own: the recorder's would lead back to the
    original.
    """
    copied = copy.deepcopy(scheduler)
    copied.__dict__.pop("step", None)
    return copied
