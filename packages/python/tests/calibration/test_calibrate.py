"""`calibrate` from runs to preset, with a solver that answers with straight lines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from line_solver import LineSolver
from toy_pipeline import ToyPipeline, noise_for, seeded

from forecache.calibration import Preset, calibrate
from forecache.calibration.searches import GUESSED_GROWTH
from forecache.diffusers import enabled
from forecache.errors import ForecacheError, NoPlanError

CALLS = 8


def made(solver: LineSolver, pipe: ToyPipeline | None = None, **options: Any) -> Preset:
    given: dict[str, Any] = {
        "runs": [0, 1],
        "call": noise_for,
        "full_calls": [4],
        "name": "toy",
        "sidecar": solver,
        **options,
    }
    return calibrate(pipe or ToyPipeline(), **given)


def realised(pipe: ToyPipeline, preset: Preset, seeds: list[int]) -> float:
    """The error by hand: sqrt of summed squares over summed squares."""
    full = torch.stack([noise_for(pipe, seed) for seed in seeds])
    with enabled(pipe, sidecar=preset.source(4), verbose=False):
        walked = torch.stack([noise_for(pipe, seed) for seed in seeds])
    return float((walked - full).norm() / full.norm())


def test_the_search_gets_the_recorded_runs() -> None:
    solver = LineSolver()
    made(solver, full_calls=[2, 4], searches=1)
    (runs, response, most) = solver.searched[0]
    assert len(solver.searched) == 1
    assert (len(runs), len(response), len(response[0]), most) == (2, CALLS + 1, CALLS, 4)
    # 8 outputs: 8 * 9 / 2 inner products.
    assert {len(triangle) for triangle in runs} == {36}


def test_the_first_fit_reads_full_runs_and_the_later_ones_walks() -> None:
    solver = LineSolver()
    made(solver)
    assert [len(question.walks[0]) for question in solver.questions] == [36, 78, 78]
    assert solver.questions[0].full_calls == (0, 2, 4, 6)
    # Before the first forecast the walk is the full run: output 0 and its walk's agree.
    walk = solver.questions[1].walks[0]
    assert walk[0] == pytest.approx(walk[8], rel=1e-6)


def test_another_search_knows_how_errors_grew_on_the_last_walk() -> None:
    solver = LineSolver(shifts=5)
    made(solver, searches=3)
    # Three questions for every schedule; the last one's growth goes into the next search.
    assert [len(growth) for growth in solver.growths] == [0, CALLS + 1, CALLS + 1]
    assert [growth[0] for growth in solver.growths[1:]] == [3.0, 6.0]
    asked = [tuple(question.full_calls) for question in solver.questions]
    assert asked == [(0, 2, 4, 6)] * 3 + [(0, 3, 5, 7)] * 3 + [(0, 4, 6, 7)] * 3


def test_the_best_search_is_kept() -> None:
    # The second schedule's weights are far off, so the first stays.
    preset = made(LineSolver(1.0, 1.0, 1.0, 3.0, 3.0, 3.0, shifts=1), searches=2)
    assert preset.variants[0].full_calls == (0, 2, 4, 6)


def test_guesses_of_the_growth_follow_where_walks_lead_to_nothing_new() -> None:
    solver = LineSolver(shifts=1)
    made(solver, searches=9)
    # Plain, the growth of the first walk, that of the second: tried. Then guesses, all tried.
    assert len(solver.searched) == 3 + len(GUESSED_GROWTH)
    assert len(solver.questions) == 6
    for growth, power in zip(solver.growths[3:], GUESSED_GROWTH, strict=True):
        assert growth[0] == pytest.approx(math.exp(power))
        assert (len(growth), growth[-1]) == (CALLS + 1, 1.0)


def test_no_more_schedules_are_walked_than_asked_for() -> None:
    solver = LineSolver(shifts=99)
    made(solver, searches=1)
    assert (len(solver.searched), len(solver.questions)) == (1, 3)


def test_positions_are_the_timesteps() -> None:
    solver, pipe = LineSolver(), ToyPipeline()
    made(solver, pipe)
    assert list(solver.questions[0].positions) == pipe.scheduler.timesteps.tolist()


def test_the_best_rounds_weights_are_kept() -> None:
    preset = made(LineSolver(1.2, 1.0, 0.8))
    (variant,) = preset.variants
    assert variant.measured is not None
    assert variant.measured.best_round == 1
    # Call 1 is forecast from call 0 alone, with the round's own factor.
    assert variant.weights[0] == (1.0,)


def test_the_realised_error_is_that_of_the_preset() -> None:
    pipe = ToyPipeline()
    preset = made(LineSolver(), pipe)
    measured = preset.variants[0].measured
    assert measured is not None
    error = realised(pipe, preset, [0, 1])
    assert min(measured.realised) == pytest.approx(error, rel=1e-5)


def test_held_out_runs_are_measured_with_the_kept_weights() -> None:
    pipe = ToyPipeline()
    preset = made(LineSolver(), pipe, held_out=[2, 3, 4])
    (variant,) = preset.variants
    assert variant.relative_error == pytest.approx(realised(pipe, preset, [2, 3, 4]), rel=1e-5)
    assert preset.provenance.held_out_runs == 3


def test_without_held_out_runs_the_fits_own_estimate_is_the_error() -> None:
    preset = made(LineSolver(held_out_error=0.25))
    (variant,) = preset.variants
    assert variant.measured is not None
    # The fit's errors are relative to how far outputs move the sample, the preset's to the sample.
    share = variant.measured.predicted[0] / 0.125
    assert variant.relative_error == pytest.approx(0.25 * share)
    assert share != pytest.approx(1.0)
    assert preset.provenance.held_out_runs == 0


def test_one_run_has_no_estimate() -> None:
    assert made(LineSolver(held_out_error=None), runs=[0]).variants[0].relative_error is None


def test_the_identity_is_the_pipelines() -> None:
    pipe = ToyPipeline()
    arguments = [{"steps": CALLS, "generator": seeded(seed)} for seed in (7, 9)]
    preset = made(LineSolver(), pipe, runs=arguments, call=None, note="two runs")
    assert preset.identity.sampler == "FlowMatchEulerDiscreteScheduler"
    assert (preset.identity.model, preset.identity.steps, preset.identity.calls) == (
        "ToyPipeline",
        CALLS,
        CALLS,
    )
    assert preset.identity.timesteps == tuple(pipe.scheduler.timesteps.tolist())
    assert (preset.provenance.seeds, preset.provenance.note) == ((7, 9), "two runs")


def test_a_subset_of_elements_gives_nearly_the_same_numbers() -> None:
    whole, part = LineSolver(), LineSolver()
    made(whole)
    made(part, elements=31)  # of 32
    for one, other in zip(whole.searched[0][0], part.searched[0][0], strict=True):
        torch.testing.assert_close(torch.tensor(one), torch.tensor(other), rtol=0.5, atol=1.0)
        assert one != other


def test_walks_of_a_subset_are_scaled_like_full_runs() -> None:
    solver = LineSolver()
    made(solver, elements=16)
    (searched, _, _), walked = solver.searched[0], solver.questions[1].walks
    # Both begin with the first output times itself.
    assert [each[0] for each in walked] == [each[0] for each in searched]


def test_the_preset_is_saved_in_the_directory(tmp_path: Path) -> None:
    preset = made(LineSolver(), directory=tmp_path)
    assert Preset.load(tmp_path / "toy.json") == preset


def test_the_pipeline_is_left_as_it_was() -> None:
    pipe = ToyPipeline()
    before = noise_for(pipe, 0)
    made(LineSolver(), pipe)
    assert type(pipe) is ToyPipeline
    assert "step" not in vars(pipe.scheduler)
    assert torch.equal(noise_for(pipe, 0), before)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": []}, "runs must have at least one run, got none"),
        ({"full_calls": []}, "full_calls must be integers >= 1, got []"),
        ({"full_calls": [0]}, "full_calls must be integers >= 1, got [0]"),
        ({"full_calls": [8]}, "full_calls must be below the calls of a run (8), got 8"),
        ({"rounds": 0}, "rounds must be an integer >= 1, got 0"),
        ({"searches": 0}, "searches must be an integer >= 1, got 0"),
        ({"history": 0}, "history must be an integer from 1 to 9, got 0"),
        ({"history": 10}, "history must be an integer from 1 to 9, got 10"),
        ({"ridge": 0.0}, "ridge must be a finite number > 0, got 0.0"),
        ({"directory": "nowhere"}, "directory must be a directory, got nowhere"),
    ],
)
def test_bad_options_name_value_and_rule(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ForecacheError) as raised:
        made(LineSolver(), **options)
    assert str(raised.value) == message


def test_runs_of_other_timesteps_are_refused() -> None:
    def call(pipe: ToyPipeline, seed: int) -> torch.Tensor:
        return pipe(steps=CALLS + seed, generator=seeded(seed))

    with pytest.raises(ForecacheError) as raised:
        made(LineSolver(), call=call)
    assert str(raised.value) == (
        "all runs must make the same calls, runs 0 and 1 have other timesteps"
    )


def test_an_enabled_pipeline_is_refused() -> None:
    pipe = ToyPipeline()
    preset = made(LineSolver(), pipe)
    with (
        enabled(pipe, sidecar=preset.source(), verbose=False),
        pytest.raises(ForecacheError, match=r"is enabled already: call forecache\.disable first"),
    ):
        made(LineSolver(), pipe)


def test_nobody_to_solve_is_an_error_before_the_first_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECACHE_SIDECAR", "unix:/nowhere/at.sock")
    asked: list[int] = []
    with pytest.raises(NoPlanError, match=r"^sidecar unreachable: "):
        made(LineSolver(), sidecar=None, call=lambda _pipe, seed: asked.append(seed))
    assert asked == []
