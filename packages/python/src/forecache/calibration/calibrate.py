"""`calibrate`: which calls to compute, and the weights of the others, found by measuring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from forecache.calibration.elements import Keep
from forecache.calibration.identity import identity_of
from forecache.calibration.making import SEARCHES, Subject, compile_making, make_preset
from forecache.calibration.pipeline_run import pipeline_runs
from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import assert_name
from forecache.calibration.rounds import ROUNDS
from forecache.calibration.runs import Call, Given, compile_runs
from forecache.calibration.solver import Solver, solver_at
from forecache.diffusers.targets import assert_free, transformers_of
from forecache.errors import ForecacheError


def calibrate(  # noqa: PLR0913 # what users type, each by its own name
    pipe: Any,
    runs: Iterable[Given],
    *,
    full_calls: Sequence[int],
    name: str,
    call: Call | None = None,
    held_out: Iterable[Given] = (),
    searches: int = SEARCHES,
    rounds: int = ROUNDS,
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
    searches: schedules that are tried for each number of full calls, default 6; each is searched
        with what the one before showed of how errors grow, or with a guess of it where that leads
        to nothing new, and the best one is kept.
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
    options = compile_making(
        full_calls,
        searches=searches,
        rounds=rounds,
        history=history,
        ridge=ridge,
        elements=elements,
        keep=keep,
    )
    fitted = compile_runs(pipe, list(runs), call, "runs")
    unseen = compile_runs(pipe, list(held_out), call, "held_out")
    if not fitted:
        raise ForecacheError("runs must have at least one run, got none")
    subject = Subject(
        name=name,
        fitted=pipeline_runs(pipe, fitted),
        unseen=pipeline_runs(pipe, unseen),
        identify=lambda recording: identity_of(pipe, fitted, recording, model),
        note=note,
    )
    with solver_at(sidecar) as solver:
        preset = make_preset(subject, options, solver)
    if directory is not None:
        preset.save(Path(directory) / f"{name}.json")
    return preset


def _assert_directory(directory: str | PathLike[str] | None) -> None:
    if directory is not None and not Path(directory).is_dir():
        raise ForecacheError(f"directory must be a directory, got {directory}")
