"""What stands before a transformer: takes every call, and lets it be computed or forecast.

A call goes: bypass? -> which run -> which branch -> which call -> what the plan says -> compute or
forecast -> note what was done. Any doubt on the way means that the call is computed as if
forecache were not there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from forecache.diffusers.call_log import CallLog
from forecache.diffusers.run_finder import RunFinder
from forecache.diffusers.run_state import RunState
from forecache.hosting.branch_state import BranchState
from forecache.hosting.call_arguments import by_name, signature_of
from forecache.hosting.decisions import Decided
from forecache.hosting.network_sites import Invocation, LateDecision
from forecache.hosting.output_sites import only_tensor
from forecache.hosting.site_work import COMPUTE, CallJob, ForecastImpossible, Work
from forecache.plan import RunOutcome
from forecache.torch.probes import scalars

logger = logging.getLogger("forecache")


@dataclass
class OpenCall:
    """A call on its way. `decided` is None while the decision falls inside the call."""

    run: RunState
    branch: BranchState
    index: int
    job: CallJob
    signature: tuple[object, ...]
    scalars: dict[str, float]
    decided: Decided | None = None
    meter: Any = None


class Engine:
    """The calls of one transformer.

    names: the parameters of its forward. bypass: why no call may be touched now, or None.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        finder: RunFinder,
        log: CallLog,
        bypass: Callable[[Mapping[str, Any]], str | None],
    ) -> None:
        self._names = names
        self._finder = finder
        self._log = log
        self._bypass = bypass

    @property
    def log(self) -> CallLog:
        """What was done so far."""
        return self._log

    @property
    def finder(self) -> RunFinder:
        """The run that is open."""
        return self._finder

    def __call__(self, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """One call of the transformer."""
        invocation = Invocation(original, args, kwargs)
        call = self._opened(by_name(self._names, args, kwargs))
        if call is None:
            return invocation()
        watch = self._log.start(call.job.arguments)
        try:
            output = self._computed(invocation, call)
        except BaseException as error:
            self.end_run(outcome_of(error))
            raise
        self._noted(call, output, watch)
        return output

    def end_run(self, outcome: RunOutcome = RunOutcome.OK) -> None:
        """Ends the run that is open, if there is one: its features are gone."""
        run = self._finder.take()
        if run is None:
            return
        for close in (partial(self._log.run_ended, run), run.close):
            try:
                close(outcome)
            except Exception:
                # Somebody else's exception may be on its way: it must not be this one.
                logger.debug("forecache: a run was not closed", exc_info=True)

    def _opened(self, arguments: Mapping[str, Any]) -> OpenCall | None:
        """The call with its decision; None when it is to be computed as if nothing were hooked."""
        reason = self._bypass(arguments)
        if reason is not None:
            self._log.bypassed(reason)
            return None
        if self._finder.is_over(arguments):
            self.end_run()
        run = self._finder.current(arguments, self._log)
        try:
            return self._prepared(run, arguments)
        except Exception as error:
            logger.debug("forecache: a call was not prepared", exc_info=True)
            self._log.bypassed(str(getattr(error, "reason", f"{type(error).__name__}: {error}")))
            return None

    def _prepared(self, run: RunState, arguments: Mapping[str, Any]) -> OpenCall | None:
        name, index = self._finder.place(run, arguments)
        reason = _refusal(run, index, arguments)
        if reason is not None:
            self._log.bypassed(reason)
            return None
        assert run.planned is not None
        branch = run.branch(name)
        job = CallJob(index, arguments, branch.stores)
        if run.planned.tables is not None:
            job.gates = run.planned.tables.gates(name, index, arguments)
        probing = run.planned.probing
        job.watch = probing.watch()
        measured = scalars(probing.before(arguments[self._names[0]], branch.probes))
        call = OpenCall(run, branch, index, job, signature_of(arguments), measured)
        if probing.late is None:
            call.decided = self._decided(call)
        return call

    def _decided(self, call: OpenCall) -> Decided:
        assert call.run.planned is not None
        decisions = call.run.planned.decisions
        return decisions.decide(call.branch, call.index, call.signature, call.scalars)

    def _computed(self, invocation: Invocation, call: OpenCall) -> Any:
        assert call.run.planned is not None
        sites = call.run.planned.sites
        try:
            return sites.run(invocation, call.job, self._work(call))
        except ForecastImpossible as error:
            logger.debug("forecache: a forecast failed", exc_info=True)
            call.decided = Decided(dict.fromkeys(sites.groups, COMPUTE), (str(error),))
            call.branch.lost = None if call.run.planned.decisions.is_static else str(error)
        return invocation()

    def _work(self, call: OpenCall) -> Work | LateDecision:
        if call.decided is not None:
            return call.decided.work
        assert call.run.planned is not None
        probing = call.run.planned.probing
        call.meter = probing.meter()

        def decide(value: Tensor) -> Work:
            call.scalars.update(scalars(probing.inside(value, call.branch.probes)))
            call.decided = self._decided(call)
            return call.decided.work

        return LateDecision(call.meter, decide)

    def _noted(self, call: OpenCall, output: Any, watch: Any) -> None:
        """Everything that follows a call. What goes wrong here costs the later forecasts, not the
        picture.
        """
        try:
            self._settled(call, output)
            self._log.called(call, watch)
        except Exception as error:
            logger.debug("forecache: a call was not noted", exc_info=True)
            self._log.bypassed(f"{type(error).__name__}: {error}")

    def _settled(self, call: OpenCall, output: Any) -> None:
        planned = call.run.planned
        assert planned is not None
        if call.decided is None:
            reason = call.job.trouble or "no measurement inside the call"
            call.decided = Decided(dict.fromkeys(planned.sites.groups, COMPUTE), (reason,))
            call.branch.lost = reason
        call.branch.remember(call.index, call.signature, call.decided.work, call.job.samples)
        if not planned.decisions.is_static:
            is_computed = call.decided.is_stored and call.job.trouble is None
            # The policy takes a full call for stored: one that is not would shift its weights.
            call.branch.lost = call.branch.lost or call.job.trouble
            call.scalars = self._measured_after(call, output) if is_computed else {}

    def _measured_after(self, call: OpenCall, output: Any) -> dict[str, float]:
        """What the policy is told of a computed call."""
        assert call.run.planned is not None
        probing, memory = call.run.planned.probing, call.branch.probes
        probing.computed(getattr(call.meter, "measured", None), memory)
        given = call.job.arguments[self._names[0]]
        return scalars(probing.after(given, only_tensor(output), call.job, memory))


def outcome_of(error: BaseException) -> RunOutcome:
    """How a run ends by this exception."""
    interrupts = (KeyboardInterrupt, SystemExit, GeneratorExit)
    return RunOutcome.INTERRUPTED if isinstance(error, interrupts) else RunOutcome.ERROR


def _refusal(run: RunState, index: int, arguments: Mapping[str, Any]) -> str | None:
    """Why a call of a run is computed as if nothing were hooked."""
    planned = run.planned
    if planned is None:
        return run.reason or "no plan"
    if not 0 <= index < run.schedule.calls:
        return "the sampler makes more calls than its schedule has"
    if planned.decisions.is_static and not planned.decisions.forecast_calls():
        return "the plan computes every call"
    return planned.sites.refusal(arguments)


def grad_reason() -> str | None:
    """Why a call cannot be forecast while gradients are wanted."""
    return "gradients are enabled: call under torch.no_grad()" if torch.is_grad_enabled() else None


__all__ = ["Engine", "OpenCall", "grad_reason", "outcome_of"]
