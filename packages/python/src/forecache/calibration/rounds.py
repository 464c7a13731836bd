"""Walk and fit by turns: weights for one schedule, from the samples that they lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from forecache.calibration.gram import gram, triangle
from forecache.calibration.preset_content import (
    Measured,
    PresetContent,
    PresetVariant,
)
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.recording import Recording
from forecache.calibration.reference import Reference, relative_error
from forecache.calibration.sampled_run import SampledRun
from forecache.calibration.walking import assert_repeats, guidance_warning
from forecache.client.calibration import FitQuestion, FittedWeights, FoundSchedule

Fit = Callable[[FitQuestion], FittedWeights]
Warn = Callable[[str], None]

ROUNDS = 3
"""Walks and fits of one schedule."""


@dataclass(frozen=True)
class FitOptions:
    """rounds: walks and fits by turns, >= 1. history, ridge: None is chosen by the fit."""

    rounds: int = ROUNDS
    history: int | None = None
    ridge: float | None = None


@dataclass(frozen=True)
class Bench:
    """What a schedule is fitted on. `preset`: its name and identity; it has no variants yet.

    warn: is told what makes forecasts worse than they could be.
    """

    runs: Sequence[SampledRun]
    reference: Reference
    preset: PresetContent
    options: FitOptions
    fit: Fit
    warn: Warn


@dataclass(frozen=True)
class Walks:
    """What walking one variant showed. grams: of each run, what the next fit reads."""

    error: float
    grams: Sequence[Tensor]


@dataclass(frozen=True)
class FittedVariant:
    """A variant, how far its runs ended from the full ones, and how errors grew on the way."""

    variant: PresetVariant
    error: float
    growth: tuple[float, ...]


def fit_schedule(bench: Bench, found: FoundSchedule) -> FittedVariant:
    """The weights of the round that ended nearest to the full runs.

    The first fit has only these; each later one has the walks of the weights before it.
    """
    share = bench.reference.movement_share
    grams: Sequence[Tensor] = bench.reference.grams
    variants: list[PresetVariant] = []
    fits: list[FittedWeights] = []
    realised: list[float] = []
    for _ in range(bench.options.rounds):
        fits.append(bench.fit(_question(bench, grams, found.full_calls)))
        variants.append(PresetVariant(found.full_calls, fits[-1].weights))
        walks = walk(bench, variants[-1])
        grams = walks.grams
        realised.append(walks.error)
    left_out = [
        None if each.held_out_error is None else each.held_out_error * share for each in fits
    ]
    measured = Measured(
        drift=found.predicted_drift,
        predicted=tuple(each.predicted_error * share for each in fits),
        realised=tuple(realised),
        left_out=None,
        held_out=None,
    )
    best = measured.best_round
    measured = replace(measured, left_out=left_out[best])
    variant = replace(variants[best], relative_error=left_out[best], measured=measured)
    return FittedVariant(variant, realised[best], fits[-1].growth)


def walk(bench: Bench, variant: PresetVariant) -> Walks:
    """Makes every run with the variant's plan. One run's outputs are kept at a time."""
    source = PresetSource(bench.preset, variant)
    finals, grams = [], []
    for run, reference in zip(bench.runs, bench.reference.runs, strict=True):
        made = run.walk(source, reference.elements)
        assert_repeats(made, reference)
        warning = guidance_warning(made, source.plan)
        if warning is not None:
            bench.warn(warning)
        finals.append(made.ended)
        grams.append(_walk_gram(reference, made, variant.full_calls))
    error = relative_error(finals, [each.ended for each in bench.reference.runs])
    return Walks(error, grams)


def _walk_gram(reference: Recording, made: Recording, full_calls: Sequence[int]) -> Tensor:
    walked = [made.outputs[call] for call in full_calls]
    return gram([*reference.outputs, *walked], reference.elements.scale)


def _question(bench: Bench, grams: Sequence[Tensor], full_calls: Sequence[int]) -> FitQuestion:
    return FitQuestion(
        walks=[triangle(each) for each in grams],
        response=bench.reference.response.tolist(),
        full_calls=full_calls,
        positions=bench.reference.runs[0].timesteps,
        history=bench.options.history,
        ridge=bench.options.ridge,
    )
