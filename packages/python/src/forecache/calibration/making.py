"""Makes a preset from runs that a host can make: record, search, walk and fit, measure."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from forecache.calibration.elements import Elements, Keep
from forecache.calibration.held_out import measured_on
from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import PresetIdentity, PresetProvenance
from forecache.calibration.recording import Recording
from forecache.calibration.reference import Reference, reference_of
from forecache.calibration.rounds import ROUNDS, Bench, FitOptions, Warn
from forecache.calibration.sampled_run import SampledRun
from forecache.calibration.searches import search_and_fit
from forecache.calibration.solver import Solver
from forecache.client.answers import MAX_WEIGHTS
from forecache.errors import ForecacheError

logger = logging.getLogger("forecache")

SEARCHES = 6
"""Schedules that are tried for each number of full calls."""


@dataclass(frozen=True)
class MakingOptions:
    """Complete and checked; `calibrate` says what they mean. full_calls: rising."""

    full_calls: tuple[int, ...]
    fit: FitOptions
    searches: int
    elements: Elements


def compile_making(  # noqa: PLR0913 # what users type, each by its own name
    full_calls: Sequence[int],
    *,
    searches: int = SEARCHES,
    rounds: int = ROUNDS,
    history: int | None = None,
    ridge: float | None = None,
    elements: int | None = None,
    keep: Keep = "device",
) -> MakingOptions:
    """The options of `calibrate`. Raises ForecacheError naming option, value and rule."""
    return MakingOptions(
        full_calls=_counts(full_calls),
        fit=FitOptions(
            rounds=_at_least_one("rounds", rounds),
            history=_history(history),
            ridge=_ridge(ridge),
        ),
        searches=_at_least_one("searches", searches),
        elements=Elements(elements, keep),
    )


def _log(warning: str) -> None:
    logger.warning("forecache: %s", warning)


@dataclass(frozen=True)
class Subject:
    """What a preset is made of.

    fitted: runs to fit on. unseen: runs that errors are measured on. identify: says what a
    recorded run was of. warn: is told what makes forecasts worse; default the log.
    """

    name: str
    fitted: Sequence[SampledRun]
    unseen: Sequence[SampledRun]
    identify: Callable[[Recording], PresetIdentity]
    note: str = ""
    warn: Warn = _log


def make_preset(subject: Subject, options: MakingOptions, solver: Solver) -> Preset:
    """The preset. Raises ForecacheError for runs that cannot be made again and for samplers that
    are not linear in the network's outputs.
    """
    fitted, unseen = subject.fitted, subject.unseen
    reference = _recorded(fitted, options)
    identity = subject.identify(reference.runs[0])
    provenance = PresetProvenance(len(fitted), _seeds_of(fitted), len(unseen), subject.note)
    preset = Preset(subject.name, identity, provenance, variants=())
    bench = Bench(fitted, reference, preset, options.fit, solver.fit_weights, subject.warn)
    variants = search_and_fit(bench, solver, options.full_calls, options.searches)
    preset = replace(preset, variants=variants)
    if unseen:
        preset = replace(preset, variants=measured_on(unseen, preset, options.elements))
    return preset


def assert_below(full_calls: Sequence[int], calls: int) -> None:
    """Raises ForecacheError unless a run of so many calls has something to forecast."""
    most = max(full_calls)
    if most >= calls:
        raise ForecacheError(f"full_calls must be below the calls of a run ({calls}), got {most}")


def _recorded(runs: Sequence[SampledRun], options: MakingOptions) -> Reference:
    recordings = []
    for index, run in enumerate(runs):
        recordings.append(run.record(options.elements))
        logger.info("forecache: run %d of %d is recorded", index + 1, len(runs))
    reference = reference_of(recordings)
    assert_below(options.full_calls, reference.calls)
    return reference


def _seeds_of(runs: Sequence[SampledRun]) -> tuple[int, ...]:
    """The runs' seeds where all are known."""
    seeds = tuple(run.seed for run in runs if run.seed is not None)
    return seeds if len(seeds) == len(runs) else ()


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
