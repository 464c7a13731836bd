"""Whether two contestants compute the same forecasts: one equation gives the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from forecache_bench.diffusers.measure import Entry, relative_distance
from forecache_bench.diffusers.schedule import Schedule

PAIRS = (
    ("forecache module", "authors' recursion"),
    ("forecache module", "Diffusers, every branch named"),
    ("Diffusers, every branch named", "authors' recursion"),
    ("forecache block", "forecache module"),
    ("forecache hidden", "forecache block"),
)
"""Starts of names. The first three pairs are one equation; the others differ in what they keep."""


@dataclass(frozen=True)
class Agreement:
    """Largest relative L2 distance between two contestants' outputs over all forecast calls."""

    first: str
    second: str
    distance: float


def agreements(entries: Sequence[Entry], schedule: Schedule) -> list[Agreement]:
    """One entry for each pair and order of which both took part."""
    outputs = {entry.row.name: entry.outputs for entry in entries if entry.outputs}
    return [
        Agreement(first, second, _largest_distance(outputs[first], outputs[second], schedule))
        for first, second in _pairs_of_names(outputs)
    ]


def _pairs_of_names(outputs: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for first_start, second_start in PAIRS:
        for name in outputs:
            start, _, order = name.rpartition(", ")
            other = f"{second_start}, {order}"
            if start == first_start and other in outputs:
                yield name, other


def _largest_distance(
    first: Sequence[Tensor], second: Sequence[Tensor], schedule: Schedule
) -> float:
    return max(
        relative_distance(first[call], second[call])
        for call in range(schedule.steps)
        if not schedule.is_full(call)
    )
