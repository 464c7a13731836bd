"""Search and walk by turns, with the growth of errors that walks show and with guesses of it."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from forecache.calibration.gram import triangle
from forecache.calibration.preset_content import PresetVariant
from forecache.calibration.rounds import Bench, FittedVariant, fit_schedule
from forecache.calibration.solver import Solver
from forecache.client.calibration import FoundSchedule

logger = logging.getLogger("forecache")

GUESSED_GROWTH: Final = (1.0, -1.0, 0.5, 1.5, -0.5)
"""p of e^(p (1 - s/n)): what an error before call s of n is taken to have grown to at the end."""

_Search = Callable[[Sequence[float]], FoundSchedule]


def search_and_fit(
    bench: Bench, solver: Solver, counts: Sequence[int], searches: int
) -> tuple[PresetVariant, ...]:
    """A variant for each number of full calls.

    The first search of all is one, without growth: it answers every number.
    """
    reference = bench.reference
    grams = [triangle(each) for each in reference.grams]
    response = reference.response.tolist()
    found = solver.find_schedules(grams, response, max(counts))

    def search(count: int, growth: Sequence[float]) -> FoundSchedule:
        return solver.find_schedules(grams, response, count, growth)[count - 1]

    variants = []
    for count in counts:
        best = _best_of(bench, found[count - 1], partial(search, count), searches)
        logger.info("forecache: %d full calls: %.3g %% off", count, 100 * best.error)
        variants.append(best.variant)
    return tuple(variants)


def _best_of(bench: Bench, first: FoundSchedule, search: _Search, most: int) -> FittedVariant:
    """The best of at most so many schedules.

    After the first come those that the growth on the newest walk leads to, and where that is a
    schedule that was tried, those that guesses lead to.
    """
    best = newest = fit_schedule(bench, first)
    tried = {first.full_calls}
    guesses = [_guess(power, bench.reference.calls) for power in GUESSED_GROWTH]
    readings = [newest.growth, *guesses] if newest.growth else guesses
    while len(tried) < most and readings:
        again = search(readings.pop(0))
        if again.full_calls in tried:
            continue
        tried.add(again.full_calls)
        newest = fit_schedule(bench, again)
        best = min(best, newest, key=_error)
        if newest.growth:
            readings.insert(0, newest.growth)
    return best


def _guess(power: float, calls: int) -> tuple[float, ...]:
    return tuple(math.exp(power * (1 - call / calls)) for call in range(calls + 1))


def _error(fitted: FittedVariant) -> float:
    return fitted.error
