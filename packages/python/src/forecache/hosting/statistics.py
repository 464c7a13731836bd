"""What forecache did, as numbers for people and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from statistics import fmean

from forecache.hosting.stopwatch import Stopwatch


@dataclass(frozen=True)
class Statistics:
    """What happened since `enable`, over all runs.

    policy: name and effective options of the newest run; empty before the first.
    granularity, sites, history_size: where features are kept, how many a call stores, how many
        calls back.
    full_calls, forecast_calls: by branch. bypassed_calls: full calls outside any run.
    gates_by_call: forecast calls at `module` whose gates the blocks made, because no table that is
        made for many calls at once was right for them.
    reasons: why calls were computed that might have been forecast, and how often.
    full_seconds, forecast_seconds: spent in these calls. saved_seconds: forecast calls times the
        median of the full ones, minus what they took.
    peak_cache_bytes: most history held at one time.
    forecast_error: mean relative L2 error of forecasts at full calls, on a sample; None before
        there is one.
    warnings: what a person should read.
    transformers: the same by component where a pipeline has several transformers.
    """

    policy: str = ""
    granularity: str = ""
    sites: int = 0
    history_size: int = 0
    runs: int = 0
    full_calls: Mapping[str, int] = field(default_factory=dict)
    forecast_calls: Mapping[str, int] = field(default_factory=dict)
    bypassed_calls: int = 0
    gates_by_call: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    full_seconds: float = 0.0
    forecast_seconds: float = 0.0
    saved_seconds: float = 0.0
    peak_cache_bytes: int = 0
    forecast_error: float | None = None
    dropped_reports: int = 0
    warnings: tuple[str, ...] = ()
    transformers: Mapping[str, Statistics] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """All calls of the network."""
        counted = sum(self.full_calls.values()) + sum(self.forecast_calls.values())
        return counted + self.bypassed_calls

    def __str__(self) -> str:
        shown = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name != "transformers"
        }
        lines = [f"{name:<17}{_shown(value)}" for name, value in shown.items()]
        for name, part in self.transformers.items():
            lines += [f"{name}:", *(f"  {line}" for line in str(part).splitlines())]
        return "\n".join(lines)


@dataclass
class Tally:
    """The running counts behind `Statistics`."""

    policy: str = ""
    granularity: str = ""
    sites: int = 0
    history_size: int = 0
    runs: int = 0
    full_calls: Counter[str] = field(default_factory=Counter)
    forecast_calls: Counter[str] = field(default_factory=Counter)
    bypassed_calls: int = 0
    gates_by_call: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    peak_cache_bytes: int = 0
    dropped_reports: int = 0
    errors: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    def warn(self, warning: str) -> bool:
        """Notes a warning; whether it is a new one."""
        if warning in self.warnings:
            return False
        self.warnings.append(warning)
        return True

    def statistics(self) -> Statistics:
        """The counts as they are now. Waits for the device to read its clock."""
        self.stopwatch.settle()
        seconds = self.stopwatch.seconds
        return Statistics(
            policy=self.policy,
            granularity=self.granularity,
            sites=self.sites,
            history_size=self.history_size,
            runs=self.runs,
            full_calls=dict(self.full_calls),
            forecast_calls=dict(self.forecast_calls),
            bypassed_calls=self.bypassed_calls,
            gates_by_call=self.gates_by_call,
            reasons=dict(self.reasons),
            full_seconds=sum(seconds["full"]),
            forecast_seconds=sum(seconds["forecast"]),
            saved_seconds=self.stopwatch.saved(),
            peak_cache_bytes=self.peak_cache_bytes,
            forecast_error=fmean(self.errors) if self.errors else None,
            dropped_reports=self.dropped_reports,
            warnings=tuple(self.warnings),
        )


def together(parts: Mapping[str, Statistics]) -> Statistics:
    """The statistics of several transformers as one; those of one as they are."""
    each = list(parts.values())
    if len(each) == 1:
        return each[0]
    errors = [part.forecast_error for part in each if part.forecast_error is not None]
    return Statistics(
        policy=_first(part.policy for part in each),
        granularity=_first(part.granularity for part in each),
        sites=sum(part.sites for part in each),
        history_size=max(part.history_size for part in each),
        runs=sum(part.runs for part in each),
        full_calls=_added([part.full_calls for part in each]),
        forecast_calls=_added([part.forecast_calls for part in each]),
        bypassed_calls=sum(part.bypassed_calls for part in each),
        gates_by_call=sum(part.gates_by_call for part in each),
        reasons=_added([part.reasons for part in each]),
        full_seconds=sum(part.full_seconds for part in each),
        forecast_seconds=sum(part.forecast_seconds for part in each),
        saved_seconds=sum(part.saved_seconds for part in each),
        peak_cache_bytes=sum(part.peak_cache_bytes for part in each),
        forecast_error=fmean(errors) if errors else None,
        dropped_reports=sum(part.dropped_reports for part in each),
        warnings=tuple(dict.fromkeys(warning for part in each for warning in part.warnings)),
        transformers=parts,
    )


def _first(names: Iterable[str]) -> str:
    return next((name for name in names if name), "")


def _added(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
    return "; ".join(value) or "none" if isinstance(value, tuple) else str(value)
