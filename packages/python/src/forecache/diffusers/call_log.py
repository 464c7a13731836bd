"""Notes what was done: counts, times, reports, log lines, trace."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from forecache.diffusers.run_state import RunState, TabledRun
from forecache.hosting.reporting import report_of
from forecache.hosting.statistics import Tally
from forecache.hosting.trace import Trace
from forecache.plan import RunOutcome

if TYPE_CHECKING:
    from forecache.diffusers.engine import OpenCall

logger = logging.getLogger("forecache")


@dataclass(frozen=True)
class Watch:
    """A call that is being timed: by the device's clock, and by the host's."""

    device: Any
    host: float


class CallLog:
    """The log of one transformer. `verbose` decides between INFO and DEBUG for the line a run."""

    def __init__(self, component: str, trace: Trace, *, verbose: bool) -> None:
        self.tally = Tally()
        self._component = component
        self._trace = trace
        self._level = logging.INFO if verbose else logging.DEBUG

    def warn(self, warning: str) -> None:
        """Says something once."""
        if self.tally.warn(warning):
            logger.warning("forecache: %s: %s", self._component, warning)

    def bypassed(self, reason: str) -> None:
        """A call was computed outside any run."""
        self.tally.bypassed_calls += 1
        self.tally.reasons[reason] += 1
        self.warn(f"nothing is skipped: {reason}")
        self._trace.line("bypassed", transformer=self._component, reason=reason)

    def run_opened(self, run: RunState) -> None:
        """A run begins."""
        self.tally.runs += 1
        if run.planned is None:
            return
        opened, tally = run.planned.opened, self.tally
        tally.policy = opened.policy
        tally.granularity = run.planned.sites.granularity.value
        tally.sites = run.planned.sites.features
        tally.history_size = run.planned.store_options.slots
        for warning in opened.warnings:
            self.warn(warning)

    def start(self, arguments: Mapping[str, Any]) -> Watch:
        """Begins to time a call."""
        tensors = (value for value in arguments.values() if isinstance(value, Tensor))
        device = next((tensor.device for tensor in tensors), torch.device("cpu"))
        return Watch(self.tally.stopwatch.start(device), time.perf_counter())

    def called(self, call: OpenCall, watch: Watch) -> None:
        """A call was made."""
        assert call.decided is not None
        assert call.run.planned is not None
        kind = "full" if call.decided.is_full else "forecast"
        self.tally.stopwatch.stop(watch.device, kind)
        host_us = round((time.perf_counter() - watch.host) * 1e6)
        reasons = [*call.decided.reasons, *([call.job.trouble] if call.job.trouble else [])]
        self._count(call, reasons)
        self._report(call, call.run.planned, host_us)
        self._announce(call.run, call.run.planned)
        self._trace.line(
            "call",
            transformer=self._component,
            run=call.run.number,
            branch=call.branch.name,
            call=call.index,
            action=kind,
            host_us=host_us,
            reasons=reasons,
        )

    def run_ended(self, run: RunState, outcome: RunOutcome) -> None:
        """A run is over; its features are still there. Reads what the device has timed and
        measured.
        """
        self.tally.stopwatch.settle()
        for branch in run.branches.values():
            self.tally.errors += branch.errors.take()
        planned = run.planned
        policy = None if planned is None else planned.opened.policy
        calls = run.full_calls + run.forecast_calls
        if 0 < run.forecast_calls == run.gates_by_call:
            assert planned is not None
            assert planned.tables is not None
            self.warn(f"gates are made call by call: {planned.tables.reason}")
        if planned is not None:
            self.tally.dropped_reports += int(getattr(planned.opened, "lost_reports", 0))
        if calls > 0 and run.forecast_calls == 0:
            reasons = ", ".join(self.tally.reasons) or "the plan had no forecast for these calls"
            self.warn(f"nothing was skipped: {reasons}")
        elif calls > 0:
            line = "forecache: %s: %s of %s calls forecast, cache %.1f MiB"
            mebibytes = run.byte_length / 2**20
            logger.log(self._level, line, self._component, run.forecast_calls, calls, mebibytes)
        self._trace.line(
            "run",
            transformer=self._component,
            run=run.number,
            policy=policy,
            outcome=outcome.value,
            full=run.full_calls,
            forecast=run.forecast_calls,
            cache_bytes=run.byte_length,
            reason=run.reason,
        )

    def _count(self, call: OpenCall, reasons: list[str]) -> None:
        assert call.decided is not None
        run, name = call.run, call.branch.name
        if call.decided.is_full:
            run.full_calls += 1
            self.tally.full_calls[name] += 1
        else:
            run.forecast_calls += 1
            self.tally.forecast_calls[name] += 1
            if run.planned is not None and run.planned.tables is not None:
                run.gates_by_call += call.job.gates is None
                self.tally.gates_by_call += call.job.gates is None
        self.tally.reasons.update(reasons)
        self.tally.peak_cache_bytes = max(self.tally.peak_cache_bytes, run.byte_length)

    def _report(self, call: OpenCall, planned: TabledRun, host_us: int) -> None:
        assert call.decided is not None
        report = report_of(
            (call.branch.name, call.index),
            call.decided.work,
            planned.sites.features,
            host_us,
            call.scalars,
        )
        planned.opened.report(report)
        if not planned.decisions.is_static and planned.probing.is_known_early:
            following = call.index + 1
            if following < call.run.schedule.calls:
                planned.opened.prefetch(call.branch.name, following, {})

    def _announce(self, run: RunState, planned: TabledRun) -> None:
        """One line when the first call is done: only now the size of the cache is known."""
        if run.is_announced:
            return
        run.is_announced = True
        sites, decisions = planned.sites, planned.decisions
        where = f"{sites.granularity.value}, {_counted(sites.features, 'site')}"
        what = "decides call by call"
        if decisions.is_static:
            full, calls = decisions.full_call_count(), run.schedule.calls
            what = f"{full} of {calls} calls full, up to {calls / max(1, full):.1f}x"
        mebibytes = run.byte_length / 2**20
        line = "forecache: %s: %s at %s, %s, cache %.1f MiB"
        policy = planned.opened.policy
        logger.log(self._level, line, self._component, policy, where, what, mebibytes)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
