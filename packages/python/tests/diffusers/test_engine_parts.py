"""Gates, errors, numbers and defaults of the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from fake_sources import FakeSource, forecast, taylor_source
from recorded_call import record_call
from tiny_image_models import DIT, FLUX
from tiny_model import TinyModel
from tiny_models import TINY_MODELS
from tiny_pipelines import PIPELINES, flux_pipeline, generate, wan_pipeline
from torch import Tensor

import forecache
from forecache.diffusers.given_conditioning import GivenConditioning
from forecache.diffusers.layouts import find_layout
from forecache.diffusers.modulation_table import build_table
from forecache.diffusers.schedule import SCALES, Schedule
from forecache.hosting.forecast_error import ForecastErrorMeter, next_weights
from forecache.hosting.structure import Structure
from forecache.plan import FULL

ROUNDING = 1e-5


def test_weights_are_continued_along_their_polynomial() -> None:
    assert next_weights([]) == ()
    assert next_weights([(1.0,), (1.0,)]) == (1.0,)
    # A line: 1 + k, -k at k = 1, 2 gives k = 3.
    assert next_weights([(2.0, -1.0), (3.0, -2.0)]) == (4.0, -3.0)
    # Squares at 1, 2, 3 give 16.
    squares = [(1.0, 0.0, 0.0), (4.0, 0.0, 0.0), (9.0, 0.0, 0.0)]
    assert next_weights(squares) == (16.0, 0.0, 0.0)
    # One alone stays as it is.
    assert next_weights([(2.0, -1.0)]) == (2.0, -1.0)


def test_the_forecast_error_of_a_line_is_zero_and_of_reuse_is_not() -> None:
    meter = ForecastErrorMeter()
    line = [torch.tensor([1.0, 2.0]) * value for value in (4.0, 3.0, 0.0)]
    meter.full(line[0])
    meter.full(line[1])
    meter.forecast((2.0, -1.0))
    meter.forecast((3.0, -2.0))
    # Call 4 of a line through 4 (call 0) and 3 (call 1) is 0: relative to nothing, so none.
    meter.full(line[2])
    assert meter.take() == []
    meter = ForecastErrorMeter()
    for value in (1.0, 2.0):
        meter.full(torch.tensor([value]))
    meter.forecast((1.0,))
    meter.full(torch.tensor([4.0]))
    # Reuse says 2 where 4 is.
    assert meter.take() == [0.5]


@pytest.mark.parametrize("model", TINY_MODELS.values(), ids=TINY_MODELS.keys())
def test_gates_of_the_table_are_those_of_the_blocks(model: TinyModel) -> None:
    transformer = model.build()
    layout = find_layout(transformer)
    assert layout is not None
    if layout.modulation is None:
        pytest.skip("the layout offers no table")
    listed = torch.tensor([model.timestep, model.timestep / 2, model.timestep / 4])
    schedule = Schedule(3, 3, timesteps=tuple(listed.tolist()), scale=SCALES[0], source=listed)
    first = model.inputs(1, model.timestep)
    structure = Structure(transformer, layout)
    table = build_table(structure, first, schedule, [1, 2])
    assert table is not None
    for call in (1, 2):
        timestep = model.inputs(1, float(listed[call]))[layout.timestep]
        given = {**first, layout.timestep: timestep}
        gates = table.gates(call, given)
        assert gates is not None
        own = [
            gate for block in record_call(transformer, layout, given).blocks for gate in block.gates
        ]
        assert len(gates) == len(own) == structure.sites
        for mine, theirs in zip(gates, own, strict=True):
            assert (mine is None) == (theirs is None)
            if mine is not None and theirs is not None:
                assert float((mine - theirs).norm() / theirs.norm()) < ROUNDING
        # Another timestep: not the table's.
        assert table.gates(3 - call, given) is None
        assert table.gates(0, given) is None
    conditioning = next(
        name
        for name, value in given.items()
        if isinstance(value, Tensor) and name not in ("hidden_states", layout.timestep)
    )
    # The same prompt in other memory is the same; one that was exchanged or edited is not.
    assert table.gates(2, {**given, conditioning: given[conditioning].clone()}) is not None
    assert table.gates(2, {**given, conditioning: given[conditioning] + 1}) is None
    given[conditioning].add_(1)
    assert table.gates(2, given) is None


@pytest.mark.parametrize("name", ["wan", "flux with true guidance", "hunyuan video", "dit"])
def test_every_branch_has_a_table_of_its_own(name: str) -> None:
    pipe, call = PIPELINES[name](6)
    with forecache.enabled(pipe, granularity="module", sidecar=taylor_source()) as handle:
        generate(pipe, call)
        stats = handle.stats()
    assert all(count == 3 for count in stats.forecast_calls.values())
    assert (stats.gates_by_call, stats.reasons, stats.warnings) == (0, {}, ())


def test_conditioning_that_is_edited_in_inference_mode_is_not_the_same() -> None:
    with torch.inference_mode():
        prompt = torch.ones(1, 4)
        given = GivenConditioning({"pooled_projections": prompt}, "timestep")
        assert given.is_same({"pooled_projections": prompt})
        prompt.add_(1)
        assert not given.is_same({"pooled_projections": prompt})


def test_conditioning_inside_a_mapping_counts() -> None:
    given = GivenConditioning({"added_cond_kwargs": {"resolution": torch.ones(1)}}, "timestep")
    assert given.is_same({"added_cond_kwargs": {"resolution": torch.ones(1)}})
    assert not given.is_same({"added_cond_kwargs": {"resolution": torch.zeros(1)}})
    assert not given.is_same({})


def test_gates_that_are_made_call_by_call_are_counted_and_said_once() -> None:
    transformer = FLUX.build()
    source = taylor_source()
    with forecache.enabled(transformer, granularity="module", sidecar=source, steps=4) as handle:
        for timestep in (0.9, 0.8, 0.7, 0.6):
            transformer(**FLUX.inputs(1, timestep))
        handle.end_run()
        stats = handle.stats()
    assert (stats.gates_by_call, stats.reasons) == (2, {})
    reason = "the timesteps of the calls are not known"
    assert stats.warnings == (f"gates are made call by call: {reason}",)


def test_a_pipeline_at_module_uses_the_table() -> None:
    pipe, call = flux_pipeline(6)
    seen: list[bool] = []
    with forecache.enabled(pipe, granularity="module", sidecar=taylor_source()) as handle:
        engine = handle._engines["transformer"]
        settled = engine._settled

        def watch(call: Any, output: Any) -> None:
            seen.append(call.job.gates is not None)
            settled(call, output)

        engine._settled = watch  # type: ignore[method-assign]
        generate(pipe, call)
    # Calls 2, 3 and 5 are forecast.
    assert seen == [False, False, True, True, False, True]


def test_with_and_without_the_table_the_picture_is_the_same(monkeypatch: Any) -> None:
    pipe, call = wan_pipeline(6)
    with forecache.enabled(pipe, granularity="module", sidecar=taylor_source()):
        fast = generate(pipe, call)
    monkeypatch.setattr("forecache.diffusers.modulation_table.build_table", lambda *_: None)
    with forecache.enabled(pipe, granularity="module", sidecar=taylor_source()) as handle:
        slow = generate(pipe, call)
        # Calls 2, 3 and 5 of two branches.
        assert handle.stats().gates_by_call == 6
    assert float((fast - slow).norm() / slow.norm()) < 1e-4


def test_statistics_count_and_measure() -> None:
    pipe, call = flux_pipeline(8)
    with forecache.enabled(pipe, granularity="residual", sidecar=taylor_source()) as handle:
        generate(pipe, call)
        stats = forecache.stats(pipe)
    # Full: 0, 1, 4, 7.
    assert (stats.full_calls, stats.forecast_calls) == ({"cond": 4}, {"cond": 4})
    assert (stats.policy, stats.granularity, stats.runs) == ("fake(order=1)", "residual", 1)
    # 16 tokens of 32 float32, two slots.
    assert stats.peak_cache_bytes == 2 * 16 * 32 * 4
    assert stats.full_seconds > 0 < stats.forecast_seconds
    assert stats.forecast_error is not None
    assert (stats.calls, stats.bypassed_calls, stats.reasons) == (8, 0, {})
    assert "forecast_calls   cond 4" in str(stats)
    assert handle.stats() == stats


def test_the_trace_has_a_line_a_call_and_one_a_run(tmp_path: Path) -> None:
    pipe, call = flux_pipeline(4)
    path = tmp_path / "trace.jsonl"
    with forecache.enabled(pipe, sidecar=taylor_source(), trace=path):
        generate(pipe, call)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["call"] * 4 + ["run"]
    assert [line["action"] for line in lines[:4]] == ["full", "full", "forecast", "forecast"]
    assert (lines[4]["full"], lines[4]["forecast"], lines[4]["outcome"]) == (2, 2, "ok")


def test_features_are_stored_in_the_dtype_that_is_asked_for() -> None:
    pipe, call = flux_pipeline(4)
    source = taylor_source()
    with forecache.enabled(pipe, sidecar=source, cache_dtype=torch.bfloat16) as handle:
        generate(pipe, call)
        assert handle.stats().peak_cache_bytes == 2 * 16 * 32 * 2


def test_the_default_is_hidden_where_the_policy_would_store_every_module() -> None:
    source = taylor_source()
    transformer = FLUX.build()
    with forecache.enabled(transformer, sidecar=source, steps=3) as handle:
        transformer(**FLUX.inputs(1))
        assert handle.stats().granularity == "hidden"
    asked = [run.request.granularity for run in source.runs]
    assert [each and each.value for each in asked] == ["hidden"]
    # The trial has found it out.
    asked = [run.request.granularity for run in source.trials]
    assert [each and each.value for each in asked] == [None, "hidden"]


def test_another_shape_in_the_middle_is_computed_and_said() -> None:
    transformer = DIT.build()
    source = FakeSource(lambda _calls: [FULL, FULL, forecast(2.0, -1.0), FULL])
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=4) as handle:
        for call, timestep in enumerate((900.0, 800.0, 700.0)):
            given = DIT.inputs(1, timestep)
            if call == 2:
                given["timestep"] = given["timestep"].int()
            transformer(**given)
        assert handle.stats().reasons == {"tensors changed their shape, dtype or device": 1}
