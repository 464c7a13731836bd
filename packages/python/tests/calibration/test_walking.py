"""Walks do what the plan says, or calibration stops."""

from __future__ import annotations

import pytest
import torch
from line_solver import line
from toy_pipeline import ToyPipeline, noise_for, seeded

from forecache.calibration.elements import Elements
from forecache.calibration.pipeline_run import PipelineRun
from forecache.calibration.preset_content import (
    PresetContent,
    PresetIdentity,
    PresetProvenance,
    PresetVariant,
)
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.recording import Recording
from forecache.calibration.runs import compile_runs
from forecache.calibration.walking import (
    CallCounts,
    assert_followed,
    assert_repeats,
    guidance_warning,
)
from forecache.diffusers import enabled
from forecache.errors import ForecacheError

FULL = (0, 1, 4)
CALLS = 8


def source(calls: int = CALLS) -> PresetSource:
    weights = tuple(line(call, FULL) for call in range(calls) if call not in FULL)
    variant = PresetVariant(FULL, weights)
    identity = PresetIdentity("toy", "euler", calls, calls)
    return PresetSource(PresetContent("toy", identity, PresetProvenance(1), (variant,)), variant)


def run_of(pipe: ToyPipeline, seed: int = 0) -> PipelineRun:
    return PipelineRun(pipe, compile_runs(pipe, [seed], noise_for, "runs")[0])


def walk(pipe: ToyPipeline) -> Recording:
    return run_of(pipe).walk(source(), Elements())


def test_forecast_calls_are_the_lines_through_full_ones() -> None:
    pipe = ToyPipeline()
    outputs = walk(pipe).outputs
    # Call 2: from 1 and 0, one call on: 2 v_1 - v_0. Call 6: from 4 and 1, two calls on of three.
    torch.testing.assert_close(outputs[2], 2 * outputs[1] - outputs[0])
    torch.testing.assert_close(outputs[6], outputs[4] * 5 / 3 - outputs[1] * 2 / 3)
    assert "forward" not in vars(pipe.transformer)


def test_full_calls_before_the_first_forecast_are_those_of_the_full_run() -> None:
    pipe = ToyPipeline()
    walked, full = walk(pipe).outputs, run_of(pipe).record(Elements()).outputs
    assert torch.equal(walked[1], full[1])
    assert not torch.equal(walked[4], full[4])


def test_a_plan_for_other_calls_is_an_error() -> None:
    pipe = ToyPipeline()
    with pytest.raises(ForecacheError) as raised:
        run_of(pipe).walk(source(calls=9), Elements())
    assert str(raised.value) == (
        "a run must compute 3 calls and forecast 6, got no call: "
        "the plan file is for 9 calls, this run makes 8"
    )


def test_a_run_that_begins_elsewhere_is_an_error() -> None:
    pipe = ToyPipeline()
    one, other = (run_of(pipe, seed).record(Elements()) for seed in (0, 1))
    assert_repeats(one, one)
    with pytest.raises(ForecacheError) as raised:
        assert_repeats(one, other)
    assert str(raised.value) == (
        "a run must begin with the same noise each time it is made: "
        "give it latents or a seeded generator"
    )


@pytest.mark.parametrize(("counts", "bypassed"), [((3, 4), 0), ((3, 5), 1)])
def test_a_run_that_computes_more_than_planned_is_an_error(
    counts: tuple[int, int], bypassed: int
) -> None:
    plan = source().plan
    assert_followed(CallCounts({"joint": (3, 5)}, ()), plan)
    with pytest.raises(ForecacheError) as raised:
        assert_followed(CallCounts({"joint": counts}, ("a", "b"), bypassed), plan)
    assert str(raised.value) == (
        f"a run must compute 3 calls and forecast 5, got joint {counts[0]} + {counts[1]}: a; b"
    )


def test_rescaled_guidance_is_warned_of() -> None:
    pipe = ToyPipeline()
    pipe.guide = lambda output: output / output.std()
    warning = guidance_warning(walk(pipe), source().plan)
    assert warning is not None
    assert warning.startswith("guidance is not one linear combination throughout the run: a ")


def test_linear_guidance_is_not_warned_of() -> None:
    pipe = ToyPipeline()
    pipe.guide = lambda output: 3 * output
    assert guidance_warning(walk(pipe), source().plan) is None


def test_a_preset_of_other_timesteps_warns() -> None:
    pipe = ToyPipeline()
    pipe(generator=seeded(), steps=CALLS)
    known = tuple(pipe.scheduler.timesteps.tolist())
    moved = (*known[:-1], known[-1] + (known[0] - known[-1]) / 10)
    weights = tuple((1.0,) for _ in range(CALLS - 1))
    variant = PresetVariant((0,), weights)
    identity = PresetIdentity("toy", "euler", CALLS, CALLS, moved)
    preset = PresetContent("toy", identity, PresetProvenance(1), (variant,))
    with enabled(pipe, sidecar=PresetSource(preset, variant), verbose=False) as handle:
        pipe(steps=CALLS)
        warnings = handle.stats().warnings
    assert "preset toy was measured on other timesteps: up to 11% of the span away" in warnings
