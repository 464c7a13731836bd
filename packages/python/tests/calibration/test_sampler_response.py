"""The response of Diffusers' samplers, and samplers that have none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor
from toy_pipeline import ToyPipeline, seeded

from forecache.calibration.elements import Elements
from forecache.calibration.recording import Recording
from forecache.calibration.sampler_response import movement, rounding_tolerance
from forecache.calibration.scheduler_recording import recorded
from forecache.errors import ForecacheError

FLOW = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}

LINEAR: dict[str, Callable[[], Any]] = {
    "euler flow": diffusers.FlowMatchEulerDiscreteScheduler,
    "heun flow": diffusers.FlowMatchHeunDiscreteScheduler,
    "dpm++ 2m flow": lambda: diffusers.DPMSolverMultistepScheduler(**FLOW),
    "unipc flow": lambda: diffusers.UniPCMultistepScheduler(**FLOW),
    "ddim": lambda: diffusers.DDIMScheduler(clip_sample=False),
    "euler": diffusers.EulerDiscreteScheduler,
    "heun": diffusers.HeunDiscreteScheduler,
    "euler ancestral": diffusers.EulerAncestralDiscreteScheduler,
    "ddpm": lambda: diffusers.DDPMScheduler(clip_sample=False),
}


def record(pipe: ToyPipeline, **arguments: Any) -> Recording:
    with recorded(pipe.scheduler, Elements()) as recording:
        pipe(**arguments)
    return recording


def test_eulers_response_is_its_steps() -> None:
    pipe = ToyPipeline()
    response = record(pipe, steps=4).response()
    steps = pipe.scheduler.sigmas.diff().double()
    # Before call s the outputs of calls 0 .. s - 1 have moved the sample, each by its own step.
    expected = torch.tril(steps.repeat(5, 1), diagonal=-1)
    torch.testing.assert_close(response, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", LINEAR)
def test_the_response_says_how_outputs_move_every_sample(name: str) -> None:
    recording = record(ToyPipeline(LINEAR[name]()), generator=seeded())
    response = recording.response()
    assert recording.replay is not None
    assert recording.start is not None
    other = [torch.randn(32, generator=seeded(i), dtype=torch.float64) for i in range(20)]
    zeros = torch.zeros(1, 32, 1, 1, dtype=torch.float64)
    shaped = [each.reshape(zeros.shape) for each in other]
    moved = recording.replay.run(zeros, lambda index: shaped[index])
    still = recording.replay.run(zeros, lambda _index: zeros)
    for row, after, before in zip(response, moved, still, strict=True):
        expected = movement(row[None], other[: recording.calls])
        torch.testing.assert_close((after - before).flatten(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", LINEAR)
def test_later_calls_have_no_influence(name: str) -> None:
    response = record(ToyPipeline(LINEAR[name]()), generator=seeded()).response()
    assert torch.equal(response, torch.tril(response, diagonal=-1))


@pytest.mark.parametrize("name", ["euler ancestral", "ddpm"])
def test_noise_is_drawn_again_from_where_the_first_step_drew_it(name: str) -> None:
    pipe, generator = ToyPipeline(LINEAR[name]()), seeded(3)
    with_own = record(pipe, generator=generator, step_arguments={"generator": generator})
    left = generator.get_state()
    # Wrong noise would be refused: the recorded run has this one's.
    with_own.response()
    assert torch.equal(generator.get_state(), left)


def test_pytorchs_own_noise_is_left_as_it_was() -> None:
    torch.manual_seed(5)
    recording = record(ToyPipeline(LINEAR["ddpm"]()))
    left = torch.get_rng_state()
    recording.response()
    assert torch.equal(torch.get_rng_state(), left)


def refusal(pipe: ToyPipeline, **arguments: Any) -> str:
    with pytest.raises(ForecacheError) as raised:
        record(pipe, generator=seeded(), **arguments).response()
    return str(raised.value)


@pytest.mark.parametrize(
    "scheduler",
    [
        diffusers.DDIMScheduler(clip_sample=True, clip_sample_range=0.1),
        diffusers.DDIMScheduler(clip_sample=False, thresholding=True),
    ],
)
def test_clipping_and_thresholding_are_refused(scheduler: Any) -> None:
    message = refusal(ToyPipeline(scheduler))
    assert message.startswith(
        "scheduler must be linear in the network's outputs to be calibrated, got DDIMScheduler: "
        "its final sample is "
    )
    assert message.endswith("at most 0.001 is rounding (clipping, changed latents or other noise)")


def test_a_pipeline_that_changes_its_latents_is_refused() -> None:
    pipe = ToyPipeline()
    pipe.change = lambda sample: sample * 1.1
    assert "scheduler must be linear in the network's outputs" in refusal(pipe)


def test_half_precision_may_round_at_every_step() -> None:
    recording = record(ToyPipeline(), generator=seeded(), dtype=torch.bfloat16)
    assert recording.outputs[0].dtype is torch.bfloat16
    recording.response()
    # eps of bfloat16 is 1/128; sqrt(4) = 2 of them.
    assert rounding_tolerance([torch.float32, torch.bfloat16], 4) == 1 / 64
    assert rounding_tolerance([torch.float32], 4) == 1e-3


def test_a_step_that_is_handed_its_state_is_refused() -> None:
    class Handed(diffusers.FlowMatchEulerDiscreteScheduler):
        def step(self, model_output: Tensor, timestep: Tensor, sample: Tensor, old: Tensor) -> Any:
            return super().step(model_output, timestep, sample)

    assert refusal(ToyPipeline(Handed()), step_arguments={"old": torch.zeros(2, 3)}) == (
        "scheduler.step must carry its state inside the scheduler, got a tensor [2, 3] as old"
    )


def test_a_step_without_the_known_arguments_is_refused() -> None:
    class Other(diffusers.FlowMatchEulerDiscreteScheduler):
        def step(self, velocity: Tensor, timestep: Tensor, sample: Tensor) -> Any:
            return super().step(velocity, timestep, sample)

    assert refusal(ToyPipeline(Other())) == (
        "scheduler.step must take model_output, timestep, sample, it lacks model_output"
    )
