"""A preset's variant as the static plan of every run of as many calls."""

from __future__ import annotations

from forecache.calibration.preset_content import PresetContent, PresetVariant
from forecache.client.plan_file import PlanFileSource, PlannedRun
from forecache.client.read_plan_file import PlanFile
from forecache.plan import FULL, Action, ActionKind, CallPlan, RunPlan, RunRequest

MOST_MOVED = 0.01
"""Timesteps of a run may lie so far from the preset's, relative to the span, without a warning."""


class PresetSource(PlanFileSource):
    """A `PlanSource` of one variant. Needs no sidecar."""

    def __init__(self, preset: PresetContent, variant: PresetVariant) -> None:
        self._preset = preset
        self._file = PlanFile(
            plan=plan_of(preset, variant),
            policy=f"preset({preset.name}, full_calls={len(variant.full_calls)})",
            granularity=preset.granularity,
            granularities=frozenset({preset.granularity}),
            warnings=(),
        )

    @property
    def plan(self) -> RunPlan:
        """What every run does."""
        return self._file.plan

    def open_run(self, request: RunRequest) -> PlannedRun:
        """The plan, with a warning where the run's timesteps are not those of the preset."""
        run = super().open_run(request)
        moved = _distance(self._preset.identity.timesteps, request.timesteps)
        if moved > MOST_MOVED:
            run.warnings = (
                f"preset {self._preset.name} was measured on other timesteps: "
                f"up to {moved:.0%} of the span away",
            )
        return run


def plan_of(preset: PresetContent, variant: PresetVariant) -> RunPlan:
    """Full calls and forecasts, call by call."""
    weights = iter(variant.weights)
    full = frozenset(variant.full_calls)
    return RunPlan(
        preset.identity.steps,
        tuple(
            CallPlan(call, FULL if call in full else Action(ActionKind.FORECAST, next(weights)))
            for call in range(preset.identity.calls)
        ),
    )


def _distance(known: tuple[float, ...], given: tuple[float, ...]) -> float:
    """Largest difference relative to the span of the known ones; 0 where either is unknown."""
    if len(known) < 2 or len(known) != len(given):
        return 0.0
    span = abs(known[0] - known[-1])
    return max(abs(one - other) for one, other in zip(known, given, strict=True)) / span


__all__ = ["PresetSource", "plan_of"]
