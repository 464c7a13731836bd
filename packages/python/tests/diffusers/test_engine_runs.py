"""Runs begin and end with what makes them, whatever happens in between."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from fake_sources import NobodySource, taylor_source
from tiny_pipelines import (
    PIPELINES,
    dit_pipeline,
    flux_image_to_image_pipeline,
    flux_pipeline,
    framepack_pipeline,
    generate,
    stable_diffusion_3_heun_pipeline,
    wan_two_transformers_pipeline,
)

import forecache
from forecache.plan import RunOutcome

ALL_FULL = 1
"""Interval 1: every call is full."""


def cache_bytes(handle: forecache.Handle) -> int:
    """Bytes of history of the runs that are open."""
    runs = [engine.finder._run for engine in handle._engines.values()]
    return sum(run.byte_length for run in runs if run is not None)


@pytest.mark.parametrize("name", ["dit", "flux", "sd3", "wan"])
def test_two_calls_of_a_pipeline_are_two_equal_runs(name: str) -> None:
    pipe, call = PIPELINES[name](6)
    source = taylor_source()
    with forecache.enabled(pipe, granularity="residual", sidecar=source) as handle:
        first, second = generate(pipe, call), generate(pipe, call)
        assert torch.equal(first, second)
        assert [run.outcomes for run in source.runs] == [[RunOutcome.OK], [RunOutcome.OK]]
        assert handle.stats().runs == 2
        assert cache_bytes(handle) == 0


@pytest.mark.parametrize("name", list(PIPELINES))
def test_disable_gives_the_pipeline_back(name: str) -> None:
    pipe, call = PIPELINES[name](4)
    expected = generate(pipe, call)
    kind = type(pipe)
    modules = [each for each in pipe.components.values() if isinstance(each, torch.nn.Module)]
    before = [(set(vars(module)), list(module.state_dict())) for module in modules]
    # One full call, then a reuse: two calls of a transformer are enough to see it.
    source = taylor_source(order=0, warmup=1)
    forecache.enable(pipe, granularity="hidden", sidecar=source)
    assert isinstance(pipe, kind)
    assert [list(module.state_dict()) for module in modules] == [keys for _, keys in before]
    changed = generate(pipe, call)
    forecache.disable(pipe)
    assert not torch.equal(changed, expected)
    assert torch.equal(generate(pipe, call), expected)
    assert type(pipe) is kind
    assert [(set(vars(module)), list(module.state_dict())) for module in modules] == before


def test_a_pipeline_whose_plan_has_no_forecast_is_bit_identical() -> None:
    pipe, call = flux_pipeline(5)
    expected = generate(pipe, call)
    source = taylor_source(interval=ALL_FULL)
    with forecache.enabled(pipe, sidecar=source) as handle:
        assert torch.equal(generate(pipe, call), expected)
        assert handle.stats().reasons == {"the plan computes every call": 5}
        assert handle.stats().warnings == ("nothing is skipped: the plan computes every call",)


def test_without_anybody_to_ask_the_pipeline_is_bit_identical() -> None:
    pipe, call = flux_pipeline(4)
    expected = generate(pipe, call)
    source = NobodySource()
    with forecache.enabled(pipe, sidecar=source) as handle:
        assert torch.equal(generate(pipe, call), expected)
        assert handle.stats().reasons == {"nobody is there": 4}
        # Once at enable, once a run.
        assert source.asked == 2


class Broken(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Broken, RunOutcome.ERROR), (KeyboardInterrupt, RunOutcome.INTERRUPTED)],
)
def test_after_an_exception_another_size_is_right(
    error: type[BaseException], outcome: RunOutcome
) -> None:
    pipe, call = flux_pipeline(6)
    small = {**call, "height": 32, "width": 32, "latents": call["latents"][:, :4]}
    source = taylor_source()
    with forecache.enabled(pipe, granularity="hidden", sidecar=source):
        expected = generate(pipe, small)

    def fail(_pipe: Any, step: int, _timestep: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        if step == 3:
            raise error("stop")
        return kwargs

    source = taylor_source()
    with forecache.enabled(pipe, granularity="hidden", sidecar=source) as handle:
        with pytest.raises(error, match="stop"):
            generate(pipe, {**call, "callback_on_step_end": fail})
        assert source.runs[0].outcomes == [outcome]
        assert cache_bytes(handle) == 0
        assert torch.equal(generate(pipe, small), expected)


def test_an_exception_inside_a_block_passes_and_leaves_the_model_whole() -> None:
    pipe, call = flux_pipeline(4)
    expected = generate(pipe, call)
    block = pipe.transformer.transformer_blocks[1]
    source = taylor_source()
    with forecache.enabled(pipe, granularity="module", sidecar=source):
        handle = block.ff.register_forward_pre_hook(lambda *_: (_ for _ in ()).throw(Broken("no")))
        with pytest.raises(Broken, match="no"):
            generate(pipe, call)
        handle.remove()
        assert not block.attn._forward_hooks
        assert isinstance(pipe.transformer.transformer_blocks, torch.nn.ModuleList)
    assert torch.equal(generate(pipe, call), expected)


def test_a_pipeline_that_interrupts_itself_says_so() -> None:
    pipe, call = flux_pipeline(6)

    def stop(pipe: Any, step: int, _timestep: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        pipe._interrupt = step >= 2
        return kwargs

    source = taylor_source()
    with forecache.enabled(pipe, sidecar=source):
        generate(pipe, {**call, "callback_on_step_end": stop})
    assert source.runs[-1].outcomes == [RunOutcome.INTERRUPTED]


def test_a_call_inside_a_call_is_a_run_of_its_own() -> None:
    pipe, call = flux_pipeline(6)
    source = taylor_source()
    with forecache.enabled(pipe, granularity="residual", sidecar=source):
        alone = generate(pipe, call)
    other, other_call = flux_pipeline(6)
    inner: list[torch.Tensor] = []

    def nested(pipe: Any, step: int, _timestep: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        if step == 3:
            inner.append(generate(other, other_call))
        return kwargs

    with (
        forecache.enabled(pipe, granularity="residual", sidecar=taylor_source()),
        forecache.enabled(other, granularity="residual", sidecar=taylor_source()),
    ):
        outer = generate(pipe, {**call, "callback_on_step_end": nested})
    assert torch.equal(outer, alone)
    assert torch.equal(inner[0], alone)


def test_two_pipelines_in_two_threads_do_not_meet() -> None:
    made: dict[str, torch.Tensor] = {}

    def alone(name: str) -> torch.Tensor:
        pipe, call = PIPELINES[name](6)
        call = {**call, "num_inference_steps": 6}
        with forecache.enabled(pipe, granularity="residual", sidecar=taylor_source()):
            return pipe(**call, return_dict=False)[0]

    names = ("flux", "qwen image")
    expected = {name: alone(name) for name in names}
    threads = [
        threading.Thread(target=lambda name=name: made.update({name: alone(name)}))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in names:
        assert torch.equal(made[name], expected[name])


def test_image_to_image_counts_from_where_it_begins() -> None:
    pipe, call = flux_image_to_image_pipeline(8)
    source = taylor_source()
    with forecache.enabled(pipe, sidecar=source) as handle:
        generate(pipe, call)
        made = sum(handle.stats().full_calls.values()) + sum(handle.stats().forecast_calls.values())
    assert source.runs[0].request.calls == made < 8
    assert [report.call_index for report in source.runs[-1].reports] == list(range(made))


def test_heun_counts_every_call() -> None:
    pipe, call = stable_diffusion_3_heun_pipeline(4)
    source = taylor_source()
    with forecache.enabled(pipe, sidecar=source):
        generate(pipe, call)
    request = source.runs[-1].request
    # Four steps of two calls, the last one of one; equal timesteps are no positions.
    assert (request.steps, request.calls, request.timesteps) == (4, 7, ())
    assert [report.call_index for report in source.runs[-1].reports] == list(range(7))


def test_each_of_two_transformers_has_its_run() -> None:
    pipe, call = wan_two_transformers_pipeline(8)
    source = taylor_source()
    with forecache.enabled(pipe, granularity="hidden", sidecar=source) as handle:
        generate(pipe, call)
        parts = handle.stats().transformers
    assert list(parts) == ["transformer", "transformer_2"]
    assert all(part.runs == 1 for part in parts.values())
    counts = [
        sum(part.full_calls.values()) + sum(part.forecast_calls.values()) for part in parts.values()
    ]
    assert sum(counts) == 16
    # Each one's run is of the calls that it makes, in two branches.
    assert [run.request.calls for run in source.runs] == [count // 2 for count in counts]
    assert all(run.reports[-1].call_index == run.request.calls - 1 for run in source.runs)
    assert min(source.runs[0].request.timesteps) >= 500 > max(source.runs[1].request.timesteps)


def test_sections_of_one_call_are_runs() -> None:
    pipe, call = framepack_pipeline(5)
    source = taylor_source()
    with forecache.enabled(pipe, granularity="hidden", sidecar=source):
        generate(pipe, call)
    assert len(source.runs) > 1
    assert all(run.request.calls == 5 for run in source.runs)
    assert all(run.outcomes == [RunOutcome.OK] for run in source.runs)


def test_dit_names_one_branch_joint() -> None:
    pipe, call = dit_pipeline(5)
    with forecache.enabled(pipe, sidecar=taylor_source()) as handle:
        generate(pipe, call)
        assert set(handle.stats().full_calls) == {"joint"}
