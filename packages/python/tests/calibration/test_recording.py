"""What is recorded, and that the scheduler gets its step back."""

from __future__ import annotations

import pytest
import torch
from toy_pipeline import SHAPE, ToyPipeline, seeded

from forecache.calibration.elements import Elements
from forecache.calibration.scheduler_recording import recorded
from forecache.errors import ForecacheError


def test_outputs_are_what_the_scheduler_is_given() -> None:
    pipe = ToyPipeline()
    seen: list[torch.Tensor] = []

    def guide(output: torch.Tensor) -> torch.Tensor:
        seen.append(3 * output)
        return seen[-1]

    pipe.guide = guide
    with recorded(pipe.scheduler, Elements()) as recording:
        made = pipe(steps=3, generator=seeded())
    assert [each.tolist() for each in recording.outputs] == [
        each.flatten().tolist() for each in seen
    ]
    assert recording.final is not None
    assert recording.final.tolist() == made.flatten().tolist()
    assert recording.start is not None
    assert recording.start.shape == SHAPE
    assert recording.timesteps == pipe.scheduler.timesteps.tolist()


def test_recording_changes_nothing() -> None:
    pipe = ToyPipeline()
    plain = pipe(generator=seeded())
    with recorded(pipe.scheduler, Elements()):
        watched = pipe(generator=seeded())
    assert torch.equal(plain, watched)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_step_is_given_back_whatever_happens(error: type[BaseException]) -> None:
    pipe = ToyPipeline()

    def fail(_sample: torch.Tensor) -> torch.Tensor:
        raise error

    pipe.change = fail
    with pytest.raises(error), recorded(pipe.scheduler, Elements()):
        pipe()
    assert "step" not in vars(pipe.scheduler)


def test_a_step_that_somebody_else_put_there_is_given_back() -> None:
    pipe = ToyPipeline()
    other = pipe.scheduler.step
    pipe.scheduler.step = other
    with recorded(pipe.scheduler, Elements()) as recording:
        pipe(steps=3)
    assert pipe.scheduler.step is other
    recording.response()


def test_a_second_list_of_timesteps_is_refused() -> None:
    pipe = ToyPipeline()
    with recorded(pipe.scheduler, Elements()):
        pipe()
        with pytest.raises(ForecacheError) as raised:
            pipe()
    assert str(raised.value) == (
        "a run must be one pass through the scheduler's timesteps, got a second list"
    )


def test_a_run_that_makes_no_step_is_refused() -> None:
    with recorded(ToyPipeline().scheduler, Elements()) as recording:
        pass
    with pytest.raises(ForecacheError) as raised:
        recording.response()
    assert str(raised.value) == "a run must call scheduler.step, it did not"
