"""Runs of a Diffusers pipeline, recorded: in full, and with forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forecache.calibration.elements import Elements
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.recording import Recording
from forecache.calibration.runs import Run
from forecache.calibration.scheduler_recording import recorded
from forecache.calibration.walking import CallCounts, assert_followed
from forecache.diffusers import Statistics, enabled


@dataclass(frozen=True)
class PipelineRun:
    """A `SampledRun` of a pipeline."""

    pipe: Any
    run: Run

    @property
    def seed(self) -> int | None:
        """The run's."""
        return self.run.seed

    def record(self, elements: Elements) -> Recording:
        """The run as it is, recorded."""
        with recorded(self.pipe.scheduler, elements) as recording:
            self.run()
        return recording

    def walk(self, source: PresetSource, elements: Elements) -> Recording:
        """The run with the source's plan, recorded."""
        pipe = self.pipe
        with enabled(pipe, sidecar=source, granularity="output", verbose=False) as handle:
            recording = self.record(elements)
            stats = handle.stats()
        assert_followed(counts_of(stats), source.plan)
        return recording


def pipeline_runs(pipe: Any, runs: Sequence[Run]) -> list[PipelineRun]:
    """The runs, as calibration makes them."""
    return [PipelineRun(pipe, run) for run in runs]


def counts_of(stats: Statistics) -> CallCounts:
    """What the statistics of one run say of its calls."""
    branches = sorted({*stats.full_calls, *stats.forecast_calls})
    return CallCounts(
        by_branch={
            name: (stats.full_calls.get(name, 0), stats.forecast_calls.get(name, 0))
            for name in branches
        },
        reasons=tuple(stats.reasons),
        bypassed=stats.bypassed_calls,
    )
