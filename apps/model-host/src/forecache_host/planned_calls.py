"""Whole calls of one branch by plan, with the history on this host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from torch import Tensor

from forecache.plan import FULL, ActionKind, CallPlan
from forecache_host.call_walk import CallWalk, FinishedCall, WalkHost
from forecache_host.history import SiteHistories
from forecache_host.host_error import HostError
from forecache_host.network import CallInput, Network
from forecache_host.plan_checks import assert_plan_fits
from forecache_host.probes import BranchProbes
from forecache_host.requests import BeginRun
from forecache_host.resolved_plan import resolve_plan
from forecache_host.run_branch import RunBranch
from forecache_host.ticket import Ticket

Result = TypeVar("Result")


@dataclass
class CurrentTicket:
    """The ticket of the request that computes right now."""

    now: Ticket

    def check(self) -> None:
        """Raises when nobody waits any more."""
        self.now.check()


@dataclass
class BegunCall:
    """A call of which as much is computed as its probes measure.

    One request begins it, another may finish it.
    """

    walk: CallWalk
    ticket: CurrentTicket


class PlannedCalls:
    """A request that fails changes nothing."""

    def __init__(
        self, network: Network, request: BeginRun, branch: RunBranch, histories: SiteHistories
    ) -> None:
        self._network = network
        self._request = request
        self._setup = request.setup
        self._branch = branch
        self._histories = histories
        self._probes = BranchProbes(request.setup)
        # The newest measured call. It may be run without its input, again and again.
        self._measured: tuple[int, Tensor] | None = None
        # What is computed of it; None once that was used or lost, and then it is begun again.
        self._begun: BegunCall | None = None

    def measure(self, call_index: int, image: Tensor, ticket: Ticket) -> dict[str, float]:
        """What the run's probes measure before the call."""

        def work() -> dict[str, float]:
            begun = self._begin(call_index, image, ticket)
            ticket.check()
            self._measured = (call_index, image)
            self._begun = begun
            return dict(begun.walk.scalars)

        return self._or_nothing(work)

    def image_of(self, call_index: int) -> Tensor:
        """The input of the newest measured call."""
        if self._measured is not None and self._measured[0] == call_index:
            return self._measured[1]
        message = (
            f"call {call_index} of branch {self._branch.name} needs its input: "
            "it is not the newest measured one"
        )
        raise HostError("failed-precondition", message)

    def assert_possible(self, plan: CallPlan) -> None:
        """Raises unless the plan can be done now."""
        description = self._network.description
        assert_plan_fits(plan, self._setup, description)
        resolved = resolve_plan(description, self._setup, plan)
        for skip in resolved.actions:
            if skip.action.kind is not ActionKind.PARTIAL:
                self._histories.assert_possible(skip.site, skip.action, plan.call_index)
            elif self._branch.tokens is not None and skip.action.selection is not None:
                selection = skip.action.selection
                self._branch.tokens.assert_possible(skip.site, selection, plan.call_index)
        for site in self._setup.sites:
            if resolved.is_computed(site):
                self._histories.assert_possible(site, FULL, plan.call_index)

    def run(
        self, plan: CallPlan, image: Tensor, ticket: Ticket, place: Callable[[Tensor], Result]
    ) -> tuple[FinishedCall, Result]:
        """Computes a call whose plan is possible, hands its output to `place`; then it counts."""
        is_measured = self._measured is not None and self._measured[1] is image
        begun = self._begun if is_measured else None
        self._begun = None

        def work() -> tuple[FinishedCall, Result]:
            current = begun or self._begin(plan.call_index, image, ticket)
            current.ticket.now = ticket
            finished = current.walk.finish(plan)
            ticket.check()
            self._histories.stage(finished.features, plan.call_index)
            placed = place(finished.output)
            self._commit(finished)
            return finished, placed

        return self._or_nothing(work)

    def interrupt(self) -> None:
        """Gives up what a measured call has computed so far. Its input stays."""
        self._begun = None
        if self._branch.tokens is not None:
            self._branch.tokens.rollback()

    def _begin(self, call_index: int, image: Tensor, ticket: Ticket) -> BegunCall:
        self.interrupt()
        holder = CurrentTicket(ticket)
        host = WalkHost(
            setup=self._setup,
            call_index=call_index,
            probes=self._probes,
            tokens=self._branch.tokens,
            forecast=self._histories.forecast,
            check=holder.check,
        )
        timestep = self._request.timesteps[call_index]
        call = CallInput(image, timestep, self._branch.conditioning)
        return BegunCall(self._network.begin_walk(call, host), holder)

    def _commit(self, finished: FinishedCall) -> None:
        self._histories.commit()
        if self._branch.tokens is not None:
            self._branch.tokens.commit()
        finished.commit()

    def _or_nothing(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except BaseException:
            self._histories.rollback()
            self.interrupt()
            raise
