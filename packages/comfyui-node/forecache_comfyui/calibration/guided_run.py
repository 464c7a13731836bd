"""Runs of a ComfyUI guider, recorded: in full, and with forecasts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.recording import Recording
from forecache.calibration.walking import CallCounts, assert_followed
from forecache_comfyui.attachment import attach, detach
from forecache_comfyui.calibration.guider_recording import GuiderRecording
from forecache_comfyui.run_report import RunReport
from forecache_comfyui.settings import compile_node_settings


@dataclass(frozen=True)
class GuidedSampling:
    """What a sampler node is given. Nothing of it is changed: every run has a guider of its own.

    noise: makes the noise of a seed. made: is told after every run.
    """

    guider: Any
    sampler: Any
    sigmas: Tensor
    latent: Tensor
    noise: Callable[[int], Tensor]
    made: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class GuidedRun:
    """A `SampledRun` of a seed."""

    sampling: GuidedSampling
    seed: int

    def record(self, elements: Elements) -> Recording:
        """The run without forecasts, whatever is on the model."""
        return self._recorded(detach(self.sampling.guider.model_patcher), elements)

    def walk(self, source: PresetSource, elements: Elements) -> Recording:
        """The run with the source's plan. Raises ForecacheError where that was not followed."""
        settings = compile_node_settings("preset", {}, source, granularity="output", verbose=False)
        watcher = _Newest()
        patcher = attach(self.sampling.guider.model_patcher, settings, watcher)
        recording = self._recorded(patcher, elements)
        assert_followed(counts_of(watcher.reports), source.plan)
        return recording

    def _recorded(self, patcher: Any, elements: Elements) -> Recording:
        sampling = self.sampling
        recording = GuiderRecording(elements)
        recording.watch(patcher)
        guider = copy.copy(sampling.guider)
        guider.model_patcher, guider.model_options = patcher, patcher.model_options
        guider.sample(
            sampling.noise(self.seed),
            sampling.latent,
            sampling.sampler,
            sampling.sigmas,
            disable_pbar=True,
            seed=self.seed,
        )
        sampling.made()
        return recording


@dataclass
class _Newest:
    """A `Watcher` that keeps the reports of the runs that are over."""

    reports: list[RunReport] = field(default_factory=list)

    def progressed(self, report: RunReport) -> None:
        """Nothing to show."""

    def ended(self, report: RunReport) -> None:
        self.reports.append(report)


def counts_of(reports: list[RunReport]) -> CallCounts:
    """What the report of one run says of its calls."""
    if not reports:
        return CallCounts({}, ())
    (report,) = reports
    reasons = [reason for reason in (report.bypass, *report.reasons) if reason]
    return CallCounts({"joint": (report.full, report.forecast)}, tuple(reasons))
