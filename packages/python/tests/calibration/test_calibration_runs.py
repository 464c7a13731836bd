"""Runs can be made again, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from toy_pipeline import ToyPipeline, noise_for, seeded

from forecache.calibration.runs import compile_runs, shared_value
from forecache.errors import ForecacheError


def twice(given: Any, call: Any = None) -> list[torch.Tensor]:
    pipe, made = ToyPipeline(), []
    pipe.change = lambda sample: made.append(sample) or sample
    (run,) = compile_runs(pipe, [given], call, "runs")
    run()
    run()
    return made


@pytest.mark.parametrize("generator", [seeded(4), None])
def test_keyword_arguments_make_the_same_run_each_time(generator: torch.Generator | None) -> None:
    made = twice({"steps": 2, "generator": generator})
    assert torch.equal(made[0], made[2])
    assert not torch.equal(made[0], made[1])


def test_the_users_generator_is_not_moved() -> None:
    generator = seeded(4)
    before = generator.get_state()
    twice({"steps": 2, "generator": generator})
    assert torch.equal(generator.get_state(), before)


def test_seeds_go_to_the_call() -> None:
    pipe, asked = ToyPipeline(), []
    runs = compile_runs(pipe, [7, 3], lambda given, seed: asked.append((given, seed)), "runs")
    for run in runs:
        run()
    assert asked == [(pipe, 7), (pipe, 3)]
    assert [run.seed for run in runs] == [7, 3]


def test_what_draws_without_a_generator_draws_the_same_and_leaves_no_trace() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    made = twice(7, lambda pipe, _seed: pipe(steps=1))
    assert torch.equal(made[0], made[1])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_generators_seed_is_the_runs() -> None:
    one, other = compile_runs(
        ToyPipeline(), [{"generator": [seeded(5), seeded(6)]}, {}], noise_for, "runs"
    )
    assert (one.seed, other.seed) == (5, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "held_out[0] is a seed: call must say what to do with it, got None"),
        (
            "a cat",
            "held_out[0] must be a seed, or the keyword arguments of one call of the pipeline, "
            "got 'a cat'",
        ),
        (
            True,
            "held_out[0] must be a seed, or the keyword arguments of one call of the pipeline, "
            "got True",
        ),
    ],
)
def test_what_is_no_run_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ForecacheError) as raised:
        compile_runs(ToyPipeline(), [given], None, "held_out")
    assert str(raised.value) == message


def test_a_value_is_shared_only_if_all_runs_have_it() -> None:
    runs = compile_runs(ToyPipeline(), [{"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 1}], None, "runs")
    assert [shared_value(runs, name) for name in "abc"] == [1, None, None]
