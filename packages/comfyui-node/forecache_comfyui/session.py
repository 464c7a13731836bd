"""One sampler run: from ComfyUI's OUTER_SAMPLE to its end, by whatever way it ends.

An evaluation goes: is it where the schedule has it? -> which prompts take part -> first network
call: can all streams be forecast? -> compute or forecast this call and those that follow -> note
it. Any doubt on the way means that it is computed as if forecache were not there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch import Tensor

from forecache.errors import NoPlanError
from forecache.hosting.branch_state import BranchState
from forecache.hosting.decisions import Decided
from forecache.hosting.network_sites import Invocation, LateDecision
from forecache.hosting.output_sites import only_tensor
from forecache.hosting.planned_run import PlannedRun
from forecache.hosting.reporting import report_of
from forecache.hosting.site_work import CallJob, ForecastImpossible, Work
from forecache.plan import RunOutcome
from forecache.torch.probes import scalars
from forecache_comfyui.evaluation import OpenEvaluation
from forecache_comfyui.network_call import NetworkCall
from forecache_comfyui.run_log import RunLog
from forecache_comfyui.run_opening import BRANCH
from forecache_comfyui.run_report import FORECAST, FULL, Evaluation
from forecache_comfyui.sampler_schedule import PROBATION, SamplerSchedule
from forecache_comfyui.streams import Streams, together

logger = logging.getLogger("forecache")


class RunSession:
    """The evaluations of one sampler run.

    opening: makes the plan, at the first evaluation; raises NoPlanError.
    """

    def __init__(
        self, schedule: SamplerSchedule, log: RunLog, opening: Callable[[], PlannedRun]
    ) -> None:
        self._schedule, self._log, self._opening = schedule, log, opening
        self._index = 0
        self._planned: PlannedRun | None = None
        self._streams = Streams()
        self._open: OpenEvaluation | None = None
        if schedule.refusal is not None:
            log.bypassed(schedule.refusal)

    @property
    def planned(self) -> PlannedRun | None:
        """The plan; None before the first evaluation and where everything is computed."""
        return self._planned

    def evaluate(self, execute: Callable[[], Any], timestep: Tensor) -> Any:
        """One evaluation of the model by the sampler."""
        index, self._index = self._index, self._index + 1
        sigma: float | None = self._guarded(lambda: self._arrived(index, timestep))
        self._open = evaluation = OpenEvaluation(index)
        watch = self._log.report.stopwatch.start(timestep.device)
        started = time.perf_counter()
        try:
            output = execute()
        finally:
            self._open = None
        host_us = round((time.perf_counter() - started) * 1e6)
        self._log.report.stopwatch.stop(watch, _kind(evaluation))
        self._guarded(lambda: self._noted(evaluation, sigma or 0.0, host_us))
        return output

    def announce(self, conds: Any) -> None:
        """The prompts that the open evaluation will ask the network for."""
        evaluation = self._open
        if evaluation is not None and self._planned is not None:
            sigma = self._schedule.sigmas[evaluation.index]
            self._guarded(lambda: evaluation.expect(active_prompts(conds, sigma)))

    def call(self, call: NetworkCall) -> Any:
        """One network call."""
        evaluation, planned = self._open, self._planned
        if evaluation is None or planned is None:
            return call.execute()
        call = replace(call, keys=evaluation.numbered(call.keys))
        prepared = self._guarded(lambda: self._prepared(evaluation, planned, call))
        if prepared is None:
            return call.execute()
        job, work = prepared
        try:
            output = planned.sites.run(Invocation(call.execute, (), {}), job, work)
        except ForecastImpossible as error:
            logger.debug("forecache: a forecast failed", exc_info=True)
            reason = str(error)
            self._guarded(lambda: evaluation.give_up(planned.decisions, [reason]))
            return call.execute()
        self._guarded(lambda: self._called(evaluation, planned, call, job, output))
        return output

    def bypass(self, reason: str) -> None:
        """Computes whatever is left of the run, and lets go of its features."""
        self._log.bypassed(reason)
        if self._open is not None:
            self._open.reasons.append(reason)
        self._let_go(RunOutcome.OK)

    def close(self, outcome: RunOutcome) -> None:
        """The end of the run: features are gone, whatever happens."""
        try:
            self._settle()
        except Exception:
            # Somebody else's exception may be on its way: it must not be this one.
            logger.debug("forecache: a run was not settled", exc_info=True)
        self._log.report.outcome = outcome
        self._let_go(outcome)
        self._log.ended()

    def _arrived(self, index: int, timestep: Tensor) -> float:
        """Checks that the evaluation is the one that the schedule has here, and plans the first.

        Waits for the device, once an evaluation: what it measured so far is read on the occasion.
        """
        sigma = float(timestep.max())
        self._settle()
        if self._log.report.bypass is not None:
            return sigma
        difference = self._schedule.differs_at(index, sigma)
        if difference is not None:
            self.bypass(difference)
        elif index == 0:
            self._plan()
        return sigma

    def _plan(self) -> None:
        try:
            planned = self._opening()
        except NoPlanError as error:
            self.bypass(error.reason)
            return
        self._planned = planned
        opened, decisions, report = planned.opened, planned.decisions, self._log.report
        for warning in opened.warnings:
            self._log.warn(warning)
        report.policy = opened.policy
        report.granularity = planned.sites.granularity.value
        if decisions.is_static and not decisions.forecast_calls():
            self.bypass("the plan computes every evaluation")
            return
        self._log.planned(decisions.full_call_count() if decisions.is_static else None)

    def _prepared(
        self, evaluation: OpenEvaluation, planned: PlannedRun, call: NetworkCall
    ) -> tuple[CallJob, Work | LateDecision] | None:
        """What a network call does; None where the run is given up."""
        refusal = planned.sites.refusal(call.arguments)
        if refusal is not None:
            self.bypass(refusal)
            return None
        is_first = not evaluation.touched
        streams = [self._streams.of(planned, key) for key in call.keys]
        evaluation.touched.update(zip(call.keys, streams, strict=True))
        job = CallJob(evaluation.index, call.arguments, together(streams))
        if is_first:
            probing, lead = planned.probing, streams[0]
            job.watch = probing.watch()
            evaluation.scalars = scalars(probing.before(_lead(call.given, call), lead.probes))
            if probing.late is not None:
                return job, self._late(evaluation, planned, lead)
            self._decide(evaluation, planned)
        return job, evaluation.work(planned.decisions, call.keys)

    def _decide(self, evaluation: OpenEvaluation, planned: PlannedRun) -> Decided:
        watched = None
        if not self._schedule.is_known and evaluation.index < PROBATION:
            watched = f"the sampler {self._schedule.sampler} is not known: it is watched first"
        expected = self._streams.of_prompts(evaluation.prompts)
        return evaluation.decide(planned.decisions, expected, watched)

    def _late(
        self, evaluation: OpenEvaluation, planned: PlannedRun, lead: BranchState
    ) -> LateDecision:
        """A decision inside the first network call; the calls that follow do the same."""

        def decide(value: Tensor) -> Work:
            evaluation.scalars.update(scalars(planned.probing.inside(value, lead.probes)))
            return self._decide(evaluation, planned).work

        evaluation.meter = planned.probing.meter()
        return LateDecision(evaluation.meter, decide)

    def _called(
        self,
        evaluation: OpenEvaluation,
        planned: PlannedRun,
        call: NetworkCall,
        job: CallJob,
        output: Any,
    ) -> None:
        """Everything that follows a network call."""
        if job.trouble is not None:
            self.bypass(job.trouble)
            return
        if evaluation.decided is None:
            evaluation.give_up(planned.decisions, ["no measurement inside the call"])
        decided = evaluation.decided
        assert decided is not None
        streams = [evaluation.touched[key] for key in call.keys]
        for number, (key, stream) in enumerate(zip(call.keys, streams, strict=True)):
            samples = [(group, each.chunk(len(streams))[number]) for group, each in job.samples]
            stream.remember(evaluation.index, key, decided.work, samples)
        is_lead = streams[0] is next(iter(evaluation.touched.values()))
        if planned.decisions.is_static or not decided.is_stored or not is_lead:
            return
        probing, memory = planned.probing, streams[0].probes
        probing.computed(getattr(evaluation.meter, "measured", None), memory)
        rows = _lead(only_tensor(output), call)
        after = probing.after(_lead(call.given, call), rows, job, memory)
        evaluation.scalars = scalars(after)

    def _noted(self, evaluation: OpenEvaluation, sigma: float, host_us: int) -> None:
        report, planned = self._log.report, self._planned
        reasons = tuple(evaluation.reasons)
        report.timeline.append(Evaluation(evaluation.index, sigma, _kind(evaluation), reasons))
        report.reasons.update(reasons)
        if planned is not None and evaluation.decided is None:
            self.bypass("no call of the network was seen")
        elif planned is not None:
            self._streams.keep(evaluation.touched)
            report.history_bytes = max(report.history_bytes, self._streams.byte_length)
            self._tell(planned, evaluation, host_us)
        self._log.progressed()

    def _tell(self, planned: PlannedRun, evaluation: OpenEvaluation, host_us: int) -> None:
        """Reports to whoever decides, and asks ahead for the next evaluation."""
        assert evaluation.decided is not None
        report = report_of(
            (BRANCH, evaluation.index),
            evaluation.decided.work,
            planned.sites.features,
            host_us,
            evaluation.scalars,
        )
        planned.opened.report(report)
        following = evaluation.index + 1
        is_early = not planned.decisions.is_static and planned.probing.is_known_early
        if is_early and following < self._schedule.calls:
            planned.opened.prefetch(BRANCH, following, {})

    def _settle(self) -> None:
        self._log.report.settle()
        self._log.report.errors += self._streams.take_errors()

    def _let_go(self, outcome: RunOutcome) -> None:
        planned, self._planned = self._planned, None
        try:
            self._streams.release()
            if planned is not None:
                planned.opened.close(outcome)
        except Exception:
            logger.debug("forecache: a run was not closed", exc_info=True)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Our own bookkeeping: what goes wrong in it costs later forecasts, not the picture."""
        try:
            return work()
        except Exception as error:
            logger.debug("forecache: a run is bypassed", exc_info=True)
            self.bypass(f"{type(error).__name__}: {error}".splitlines()[0])
            return None


def active_prompts(conds: Any, sigma: float) -> frozenset[object]:
    """The uuids of the conditions that take part at this sigma."""
    every = [cond for part in conds if part is not None for cond in part]
    return frozenset(
        cond["uuid"]
        for cond in every
        if "uuid" in cond
        and not sigma > float(cond.get("timestep_start", sigma))
        and not sigma < float(cond.get("timestep_end", sigma))
    )


def _kind(evaluation: OpenEvaluation) -> str:
    return FORECAST if evaluation.is_forecast else FULL


def _lead(rows: Tensor, call: NetworkCall) -> Tensor:
    """The rows of a call's first stream: what policies measure is measured there."""
    return rows.chunk(len(call.keys))[0]
