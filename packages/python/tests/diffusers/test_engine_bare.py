"""Runs of a transformer without its pipeline."""

from __future__ import annotations

from typing import Any

import torch
from fake_sources import FakeSource, taylor_source
from tiny_image_models import DIT, FLUX
from tiny_pipelines import (
    flux_pipeline,
    generate,
)

import forecache
from forecache.plan import RunOutcome

ALL_FULL = 1
"""Interval 1: every call is full."""


def test_a_branch_that_pauses_is_computed_until_its_history_is_the_plans() -> None:
    transformer = FLUX.build()
    source = taylor_source(interval=3)
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=12) as handle:
        for step in range(12):
            timestep = 1.0 - step / 12
            run_branch(transformer, "cond", timestep)
            if step not in range(4, 8):
                run_branch(transformer, "uncond", timestep)
        stats = handle.stats()
    actions = {
        (report.branch, report.call_index): report.action.value for report in source.runs[0].reports
    }
    # Full: 0, 1, 4, 7, 10. The branch lacks 4 and 7, so that 8 and 9 cannot be forecast.
    assert [actions["cond", call] for call in (8, 9, 11)] == ["forecast"] * 3
    assert [actions["uncond", call] for call in (8, 9)] == ["full"] * 2
    # After 10 the newest two of the plan are 10 and 7: still not what the branch has.
    assert actions["uncond", 11] == "full"
    assert stats.reasons == {"the history does not hold the calls that the forecast needs": 3}


def run_branch(transformer: Any, branch: str, timestep: float) -> torch.Tensor:
    seed = {"cond": 1, "uncond": 2}[branch]
    inputs = {**FLUX.inputs(seed, timestep, batch=1), "return_dict": False}
    with transformer.cache_context(branch):
        output: torch.Tensor = transformer(**inputs)[0]
    return output


def test_a_bare_transformer_begins_again_when_time_goes_back() -> None:
    transformer = FLUX.build()
    source = taylor_source()
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=6) as handle:
        for timestep in (1.0, 0.8, 0.6, 1.0, 0.8, 0.6):
            transformer(**FLUX.inputs(1, timestep))
        assert len(source.runs) == 2
        assert source.runs[0].outcomes == [RunOutcome.OK]
        assert [report.call_index for report in source.runs[1].reports] == [0, 1, 2]
        handle.end_run()
        transformer(**FLUX.inputs(1, 0.4))
        assert len(source.runs) == 3


def test_a_bare_transformer_begins_again_after_its_steps_and_with_other_latents() -> None:
    transformer = DIT.build()
    source = taylor_source()
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=3):
        for timestep in (900.0, 800.0, 700.0, 600.0):
            transformer(**DIT.inputs(1, timestep))
        assert len(source.runs) == 2
        transformer(**DIT.inputs(1, 500.0, batch=1))
        assert len(source.runs) == 3


def test_a_transformer_called_outside_its_pipeline_is_computed() -> None:
    pipe, call = flux_pipeline(4)
    expected = pipe.transformer(**FLUX.inputs(1), return_dict=False)[0]
    with forecache.enabled(pipe, sidecar=taylor_source()) as handle:
        assert torch.equal(pipe.transformer(**FLUX.inputs(1), return_dict=False)[0], expected)
        reason = "called outside the pipeline that forecache was enabled on, and steps is not given"
        assert handle.stats().reasons == {reason: 1}
        generate(pipe, call)
        assert sum(handle.stats().forecast_calls.values()) > 0


def test_gradients_bypass() -> None:
    transformer = FLUX.build()
    source = FakeSource()
    with (
        forecache.enabled(transformer, sidecar=source, steps=3) as handle,
        torch.enable_grad(),
    ):
        transformer(**FLUX.inputs(1))
        assert handle.stats().reasons == {"gradients are enabled: call under torch.no_grad()": 1}
    assert source.runs == []
