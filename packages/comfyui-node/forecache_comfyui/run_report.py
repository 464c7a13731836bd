"""What forecache did in one sampler run, as it goes and when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import fmean

from forecache.hosting.stopwatch import Stopwatch
from forecache.plan import RunOutcome

FULL = "full"
FORECAST = "forecast"


@dataclass
class Evaluation:
    """One evaluation of the model. `action`: full or forecast. `seconds`: None until read."""

    index: int
    sigma: float
    action: str
    reasons: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass
class RunReport:
    """One run.

    model: class of the network. evaluations: those the schedule has. timeline: those made so far.
    history_bytes: most held at a time. forecast_error: mean relative L2 error of forecasts at full
        evaluations, on a sample; None before there is one. outcome: None while it runs.
    bypass: why the whole run, or its rest, is computed.
    """

    model: str
    sampler: str
    evaluations: int
    node_id: str | None = None
    policy: str = ""
    granularity: str = ""
    timeline: list[Evaluation] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    bypass: str | None = None
    history_bytes: int = 0
    errors: list[float] = field(default_factory=list)
    outcome: RunOutcome | None = None
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def full(self) -> int:
        """Evaluations that were computed."""
        return sum(each.action == FULL for each in self.timeline)

    @property
    def forecast(self) -> int:
        """Evaluations that were forecast."""
        return len(self.timeline) - self.full

    @property
    def forecast_error(self) -> float | None:
        """Mean of the measured errors."""
        return fmean(self.errors) if self.errors else None

    @property
    def saved_seconds(self) -> float:
        """Forecast evaluations times the median of the full ones, minus what they took."""
        return self.stopwatch.saved()

    @property
    def speedup(self) -> float:
        """Time of the evaluations without forecasts over their time; 1 before both are known."""
        took = sum(map(sum, self.stopwatch.seconds.values()))
        return (took + self.saved_seconds) / took if took > 0 else 1.0

    def settle(self) -> None:
        """Reads what the device has timed, and gives every evaluation its seconds."""
        self.stopwatch.settle()
        seconds = {kind: iter(values) for kind, values in self.stopwatch.seconds.items()}
        for each in self.timeline:
            each.seconds = next(seconds[each.action], None)

    def warn(self, warning: str) -> bool:
        """Notes a warning; whether it is a new one."""
        if warning in self.warnings:
            return False
        self.warnings.append(warning)
        return True

    def progress(self) -> str:
        """The line on the node while it runs: `12/20 · 8 forecast · 2.1× · error 0.8 %`."""
        parts = [f"{len(self.timeline)}/{self.evaluations}", f"{self.forecast} forecast"]
        if self.forecast > 0:
            parts.append(f"{self.speedup:.1f}×")
        if self.forecast_error is not None:
            parts.append(f"error {self.forecast_error:.1%}".replace("%", " %"))
        if self.bypass is not None:
            parts.append(self.bypass)
        return " · ".join(parts)

    def text(self) -> str:
        """The report as text."""
        lines = [
            f"{self.model}, {self.sampler}: {self.full} of {len(self.timeline)} evaluations "
            f"computed, {self.forecast} forecast",
            f"policy      {self.policy or 'none'}",
            f"granularity {self.granularity or 'none'}",
            f"speed-up    {self.speedup:.2f}× ({self.saved_seconds:.2f} s saved)",
            f"error       {_percent(self.forecast_error)}",
            f"history     {self.history_bytes / 2**20:.1f} MiB at most",
            f"outcome     {'running' if self.outcome is None else self.outcome.value}",
        ]
        if self.bypass is not None:
            lines.append(f"bypassed    {self.bypass}")
        lines += [f"computed    {count} × {reason}" for reason, count in self.reasons.items()]
        lines += [f"warning     {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def facts(self) -> Mapping[str, object]:
        """The report as JSON has it."""
        return {
            "model": self.model,
            "sampler": self.sampler,
            "node_id": self.node_id,
            "policy": self.policy,
            "granularity": self.granularity,
            "evaluations": self.evaluations,
            "full": self.full,
            "forecast": self.forecast,
            "speedup": self.speedup,
            "saved_seconds": self.saved_seconds,
            "forecast_error": self.forecast_error,
            "history_bytes": self.history_bytes,
            "outcome": None if self.outcome is None else self.outcome.value,
            "bypass": self.bypass,
            "reasons": dict(self.reasons),
            "warnings": list(self.warnings),
            "timeline": [asdict(each) for each in self.timeline],
        }


def _percent(share: float | None) -> str:
    return "not measured" if share is None else f"{share:.2%}"
