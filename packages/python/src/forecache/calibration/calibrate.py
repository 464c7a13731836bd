"""`calibrate`: which calls to compute, and the weights of the others, found by measuring."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from forecache.calibration.elements import Elements, Keep
from forecache.calibration.held_out import measured_on
from forecache.calibration.identity import identity_of, seeds_of
from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import PresetProvenance, assert_name
from forecache.calibration.reference import Reference, reference_of
from forecache.calibration.rounds import Bench, FitOptions
from forecache.calibration.runs import Call, Given, Run, compile_runs
from forecache.calibration.searches import search_and_fit
from forecache.calibration.solver import Solver, solver_at
from forecache.calibration.walking import record_run
from forecache.client.answers import MAX_WEIGHTS
from forecache.diffusers.targets import assert_free, transformers_of
from forecache.errors import ForecacheError

logger = logging.getLogger("forecache")


@dataclass(frozen=True)
class _Options:
    """Complete and checked; `calibrate` says what they mean."""

    full_calls: tuple[int, ...]
    fit: FitOptions
    searches: int
    elements: Elements


def calibrate(  # noqa: PLR0913 # what users type, each by its own name
    pipe: Any,
    runs: Iterable[Given],
    *,
    full_calls: Sequence[int],
    name: str,
    call: Call | None = None,
    held_out: Iterable[Given] = (),
    searches: int = 3,
    rounds: int = 3,
    history: int | None = None,
    ridge: float | None = None,
    elements: int | None = None,
    keep: Keep = "device",
    model: str | None = None,
    note: str = "",
    directory: str | PathLike[str] | None = None,
    sidecar: str | Solver | None = None,
) -> Preset:
    """Finds which calls of a Diffusers pipeline to compute, and the weights that forecast the rest.

        preset = forecache.calibrate(
            pipe,
            range(8),
            call=lambda pipe, seed: pipe(
                prompts[seed],
                num_inference_steps=50,
                output_type="latent",
                generator=torch.Generator("cuda").manual_seed(seed),
            ),
            full_calls=[12, 18],
            name="flux-dev-50",
        )
        preset.save("flux-dev-50.json")

    Every run is made in full once, then at most `searches` times `rounds` times with forecasts for
    every number of full calls. Nothing of the pipeline is changed; `scheduler.step` is watched for
    the time.

    runs: seeds for `call`, or keyword arguments of one call of the pipeline each, with latents or
        a seeded generator: a run must be the same each time. All have one number of steps and one
        size.
    full_calls: numbers of full calls to make a variant for, each below the calls of a run.
    name: the preset's: letters, digits, dots, dashes and underscores.
    call: `call(pipe, seed)` makes the run of a seed.
    held_out: further runs that nothing is fitted on; the errors of the variants are measured there.
        Default none: the fitted runs are left out in turn, which is an estimate.
    searches: schedules that are tried for each number of full calls, default 3; each is searched
        with what the one before showed of how errors grow, and the best one is kept.
    rounds: walks and fits by turns of one schedule, default 3; the best one is kept.
    history: stored features that a forecast reads, 1 to 9. Default: chosen by leaving runs out.
    ridge: relative to the features' mean squared norm. Default: chosen by leaving runs out.
    elements: random elements of every output that are looked at. Default all.
    keep: where recorded outputs wait: `device` (default) or `host`.
    model, note: for the preset's file. model: default where the pipeline was loaded from.
    directory: the preset is saved there as `<name>.json`. Default: it is not saved.
    sidecar: address of the sidecar that solves, or a `Solver`. Default: found or started.

    Raises ForecacheError for a value that breaks a rule, for a run that cannot be made again and
    for a sampler that is not linear in the network's outputs; NoPlanError without a sidecar.
    """
    assert_name(name)
    _assert_directory(directory)
    for component, transformer in transformers_of(pipe).items():
        assert_free(pipe, component, transformer)
    options = _Options(
        full_calls=_counts(full_calls),
        fit=FitOptions(
            rounds=_at_least_one("rounds", rounds),
            history=_history(history),
            ridge=_ridge(ridge),
        ),
        searches=_at_least_one("searches", searches),
        elements=Elements(elements, keep),
    )
    fitted = compile_runs(pipe, list(runs), call, "runs")
    unseen = compile_runs(pipe, list(held_out), call, "held_out")
    if not fitted:
        raise ForecacheError("runs must have at least one run, got none")
    with solver_at(sidecar) as solver:
        reference = _recorded(pipe, fitted, options)
        provenance = PresetProvenance(len(fitted), seeds_of(fitted), len(unseen), note)
        identity = identity_of(pipe, fitted, reference.runs[0], model)
        preset = Preset(name, identity, provenance, variants=())
        bench = Bench(pipe, fitted, reference, preset, options.fit, solver.fit_weights)
        variants = search_and_fit(bench, solver, options.full_calls, options.searches)
        preset = replace(preset, variants=variants)
    if unseen:
        preset = replace(preset, variants=measured_on(pipe, unseen, preset, options.elements))
    if directory is not None:
        preset.save(Path(directory) / f"{name}.json")
    return preset


def _recorded(pipe: Any, runs: Sequence[Run], options: _Options) -> Reference:
    recordings = []
    for index, run in enumerate(runs):
        recordings.append(record_run(pipe, run, options.elements))
        logger.info("forecache: run %d of %d is recorded", index + 1, len(runs))
    reference = reference_of(recordings)
    most = options.full_calls[-1]
    if most >= reference.calls:
        raise ForecacheError(
            f"full_calls must be below the calls of a run ({reference.calls}), got {most}"
        )
    return reference


def _counts(full_calls: Sequence[int]) -> tuple[int, ...]:
    counts = tuple(sorted(set(full_calls)))
    if not counts or any(type(count) is not int or count < 1 for count in counts):
        raise ForecacheError(f"full_calls must be integers >= 1, got {list(full_calls)}")
    return counts


def _at_least_one(name: str, value: int) -> int:
    if type(value) is not int or value < 1:
        raise ForecacheError(f"{name} must be an integer >= 1, got {value!r}")
    return value


def _history(value: int | None) -> int | None:
    if value is not None and (type(value) is not int or not 1 <= value <= MAX_WEIGHTS):
        raise ForecacheError(f"history must be an integer from 1 to {MAX_WEIGHTS}, got {value!r}")
    return value


def _ridge(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise ForecacheError(f"ridge must be a finite number > 0, got {value!r}")
    return value


def _assert_directory(directory: str | PathLike[str] | None) -> None:
    if directory is not None and not Path(directory).is_dir():
        raise ForecacheError(f"directory must be a directory, got {directory}")
