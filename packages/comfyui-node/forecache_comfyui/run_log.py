"""Tells people what a run does: a line at the start, one at the end, text on the node."""

from __future__ import annotations

import logging
from typing import Protocol

from forecache_comfyui.run_report import RunReport

logger = logging.getLogger("forecache")


class Watcher(Protocol):
    """Who is shown a run. Called from the sampling thread; must not wait."""

    def progressed(self, report: RunReport) -> None:
        """An evaluation was made."""

    def ended(self, report: RunReport) -> None:
        """The run is over."""


class NoWatcher:
    """Nobody looks."""

    def progressed(self, report: RunReport) -> None:
        """Nothing to show."""

    def ended(self, report: RunReport) -> None:
        """Nothing to show."""


class RunLog:
    """The log of one run. `verbose` decides between INFO and DEBUG for its two lines."""

    def __init__(self, report: RunReport, watcher: Watcher, *, verbose: bool) -> None:
        self.report = report
        self._watcher = watcher
        self._level = logging.INFO if verbose else logging.DEBUG

    def planned(self, full: int | None) -> None:
        """The plan is known. full: evaluations that it computes, None where it decides later."""
        report = self.report
        what = "decides evaluation by evaluation"
        if full is not None:
            what = f"{full} of {report.evaluations} evaluations full, "
            what += f"up to {report.evaluations / max(1, full):.1f}x"
        line = "forecache: %s: %s at %s, %s"
        logger.log(self._level, line, report.model, report.policy, report.granularity, what)

    def warn(self, warning: str) -> None:
        """Says something once a run."""
        if self.report.warn(warning):
            logger.warning("forecache: %s: %s", self.report.model, warning)

    def bypassed(self, reason: str) -> None:
        """The run, or what is left of it, is computed."""
        if self.report.bypass is None:
            self.report.bypass = reason
            logger.warning("forecache: %s: nothing more is skipped: %s", self.report.model, reason)

    def progressed(self) -> None:
        """An evaluation was made."""
        self._shown(self._watcher.progressed)

    def ended(self) -> None:
        """The run is over and its report complete."""
        report = self.report
        if report.forecast == 0 and report.bypass is None and report.timeline:
            reasons = ", ".join(report.reasons) or "the plan had no forecast for these evaluations"
            self.warn(f"nothing was skipped: {reasons}")
        error = report.forecast_error
        line = "forecache: %s: %s of %s evaluations forecast, %.2f s saved (%.2fx)%s"
        measured = "" if error is None else f", forecast error {error:.2%}"
        counts = (report.forecast, len(report.timeline), report.saved_seconds, report.speedup)
        logger.log(self._level, line, report.model, *counts, measured)
        self._shown(self._watcher.ended)

    def _shown(self, show: object) -> None:
        assert callable(show)
        try:
            show(self.report)
        except Exception:
            logger.debug("forecache: the watcher failed", exc_info=True)
