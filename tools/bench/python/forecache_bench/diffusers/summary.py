"""The numbers of the page, from the times that were recorded."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """Smallest, median, and the 10 % and 90 % points."""

    minimum: float
    median: float
    p10: float
    p90: float


@dataclass(frozen=True)
class Summary:
    """One contestant. Seconds unless said otherwise; None where a row has no such number.

    full, forecast: one call. run: a whole run. full_ratio: full call over the uncached one of the
    same round.
    latency: the uncached run over this one, round by round. flops: operations of the uncached run
        over this one's.
    efficiency: `latency / flops`, 1 when every saved operation saved its time; of minima: with the
        fastest run of each instead of the median ratio.
    limit: see `physical_limit`. limit_ratio: forecast call over it, of medians.
    error: median relative L2 of forecast calls.
    """

    name: str
    full: Spread
    forecast: Spread
    run: Spread
    full_ratio: Spread
    latency: Spread
    flops: float
    efficiency: float | None
    efficiency_of_minima: float | None
    limit: Spread | None
    limit_ratio: float | None
    limit_ratio_of_minima: float | None
    stored_bytes: int
    copy_bytes: int
    device_peak_bytes: int | None
    error: float

    @property
    def skips(self) -> bool:
        """Whether forecast calls execute fewer operations than full ones."""
        return self.flops > 1.01


def summarise(record: Mapping[str, Any]) -> list[Summary]:
    """All contestants that ran, in order. The first row of the record is the reference."""
    full_calls = frozenset(record["schedule"]["full_calls"])
    reference = record["rows"][0]
    return [
        _summarise_row(row, reference, full_calls)
        for row in record["rows"]
        if row["unavailable"] is None
    ]


def _summarise_row(
    row: Mapping[str, Any], reference: Mapping[str, Any], full_calls: frozenset[int]
) -> Summary:
    full = _calls(row, full_calls, full=True)
    forecast = _calls(row, full_calls, full=False)
    latency = spread(_ratios(reference, row))
    flops = reference["operations"] / row["operations"]
    skips = flops > 1.01
    is_bounded = bool(row["limits"]) and row["stored_bytes"] > 0 and skips
    limit = spread(row["limits"]) if is_bounded else None
    return Summary(
        name=row["name"],
        full=spread(full),
        forecast=spread(forecast),
        run=spread([run["run"] for run in row["runs"]]),
        full_ratio=spread(_full_ratios(row, reference, full_calls)),
        latency=latency,
        flops=flops,
        efficiency=latency.median / flops if skips else None,
        efficiency_of_minima=_fastest(reference) / _fastest(row) / flops if skips else None,
        limit=limit,
        limit_ratio=statistics.median(forecast) / limit.median if limit else None,
        limit_ratio_of_minima=min(forecast) / limit.minimum if limit else None,
        stored_bytes=row["stored_bytes"],
        copy_bytes=row["copy_bytes"],
        device_peak_bytes=row["device_peak_bytes"],
        error=statistics.median(
            error for call, error in enumerate(row["errors"]) if call not in full_calls
        ),
    )


def _fastest(row: Mapping[str, Any]) -> float:
    return float(min(run["run"] for run in row["runs"]))


def _calls(row: Mapping[str, Any], full_calls: frozenset[int], *, full: bool) -> list[float]:
    return [
        seconds
        for run in row["runs"]
        for call, seconds in enumerate(run["calls"])
        if (call in full_calls) is full
    ]


def _ratios(reference: Mapping[str, Any], row: Mapping[str, Any]) -> list[float]:
    pairs = zip(reference["runs"], row["runs"], strict=True)
    return [uncached["run"] / run["run"] for uncached, run in pairs]


def _full_ratios(
    row: Mapping[str, Any], reference: Mapping[str, Any], full_calls: frozenset[int]
) -> list[float]:
    pairs = zip(row["runs"], reference["runs"], strict=True)
    return [
        run["calls"][call] / uncached["calls"][call]
        for run, uncached in pairs
        for call in full_calls
    ]


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return Spread(
        ordered[0],
        statistics.median(ordered),
        ordered[round(0.1 * last)],
        ordered[round(0.9 * last)],
    )
