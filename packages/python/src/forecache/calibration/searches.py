"""Search and walk by turns: the next search knows how errors grew on the last walk."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from forecache.calibration.gram import triangle
from forecache.calibration.preset_content import PresetVariant
from forecache.calibration.rounds import Bench, FittedVariant, fit_schedule
from forecache.calibration.solver import Solver
from forecache.client.calibration import FoundSchedule

logger = logging.getLogger("forecache")


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
        best = fit_schedule(bench, found[count - 1])
        tried, newest = {best.variant.full_calls}, best
        while len(tried) < searches and newest.growth:
            again = search(count, newest.growth)
            if again.full_calls in tried:
                break
            newest = fit_schedule(bench, again)
            tried.add(newest.variant.full_calls)
            best = min(best, newest, key=_error)
        logger.info("forecache: %d full calls: %.3g %% off", count, 100 * best.error)
        variants.append(best.variant)
    return tuple(variants)


def _error(fitted: FittedVariant) -> float:
    return fitted.error
