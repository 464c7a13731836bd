"""From the plan of a call to what is done at each group of sites."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forecache.errors import NoPlanError
from forecache.hosting.branch_state import BranchState
from forecache.hosting.site_work import COMPUTE, Does, SiteWork, Work
from forecache.plan import Action, ActionKind, CallPlan, OpenedRun, RunPlan

PARTIAL_REASON = "the policy computes chosen tokens: use the model host"
HISTORY_REASON = "the history does not hold the calls that the forecast needs"
APART_REASON = "the plan treats single modules apart: use the model host"
SHAPE_REASON = "tensors changed their shape, dtype or device"


@dataclass(frozen=True)
class Decided:
    """What a call does, and why it does not do what the plan says where it does not."""

    work: Work
    reasons: tuple[str, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether everything is computed."""
        return all(each.does is not Does.FORECAST for each in self.work.values())

    @property
    def is_stored(self) -> bool:
        """Whether everything is computed because the plan says so."""
        return all(each.does is Does.STORE for each in self.work.values())


class Decisions:
    """The decisions of one run for its groups of sites.

    A forecast is made only from the very calls that its weights belong to: those that the plan
    computes at the site, newest first. Otherwise the call is computed, and, against the plan, not
    stored.
    """

    def __init__(self, opened: OpenedRun, groups: Sequence[str]) -> None:
        self._opened = opened
        self._groups = tuple(groups)
        plan = opened.plan
        self.plan = plan
        self._full = {} if plan is None else {each: _full_calls(plan, each) for each in groups}

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of sites."""
        return self._groups

    @property
    def is_static(self) -> bool:
        """Whether every decision is known before the first call."""
        return self.plan is not None

    def forecast_calls(self) -> list[int]:
        """Calls that a static plan forecasts somewhere."""
        if self.plan is None:
            return []
        return [
            index
            for index, call in enumerate(self.plan.calls)
            if any(_action(call, group).effective_weights for group in self._groups)
        ]

    def full_call_count(self) -> int:
        """Calls of a static plan that compute everything."""
        return 0 if self.plan is None else len(self.plan.calls) - len(self.forecast_calls())

    def decide(
        self,
        branch: BranchState,
        call_index: int,
        signature: tuple[object, ...],
        scalars: Mapping[str, float],
    ) -> Decided:
        """The work of one call. Asks the policy where it decides call by call."""
        if branch.lost is not None:
            return self._computed(branch.lost)
        call = self._call_plan(branch, call_index, scalars)
        if call is None:
            branch.lost = self._opened.failure or "no answer from the policy"
            return self._computed(branch.lost)
        if any(each.site not in self._groups for each in call.exceptions):
            return self._computed(APART_REASON)
        pairs = {
            group: self._work(branch, group, _action(call, group), call_index, signature)
            for group in self._groups
        }
        reasons = tuple(dict.fromkeys(reason for _, reason in pairs.values() if reason))
        if reasons and not self.is_static:
            branch.lost = reasons[0]
        return Decided({group: work for group, (work, _) in pairs.items()}, reasons)

    def _call_plan(
        self, branch: BranchState, call_index: int, scalars: Mapping[str, float]
    ) -> CallPlan | None:
        if self.plan is not None:
            return self.plan.calls[call_index]
        return self._opened.decide(branch.name, call_index, scalars)

    def _computed(self, reason: str) -> Decided:
        return Decided(dict.fromkeys(self._groups, COMPUTE), (reason,))

    def _work(
        self,
        branch: BranchState,
        group: str,
        action: Action,
        call_index: int,
        signature: tuple[object, ...],
    ) -> tuple[SiteWork, str | None]:
        if action.kind is ActionKind.FULL:
            return SiteWork(Does.STORE), None
        if action.kind is ActionKind.PARTIAL:
            return COMPUTE, PARTIAL_REASON
        weights = action.effective_weights
        if not weights or not all(map(math.isfinite, weights)):
            return COMPUTE, "the weights are not numbers"
        if branch.signature is not None and branch.signature != signature:
            return COMPUTE, SHAPE_REASON
        stored = branch.stores[group][0].positions[: len(weights)]
        if stored != self._needed(branch, group, call_index, len(weights)):
            return COMPUTE, HISTORY_REASON
        return SiteWork(Does.FORECAST, weights), None

    def _needed(
        self, branch: BranchState, group: str, call_index: int, count: int
    ) -> tuple[int, ...]:
        """The newest calls before this one that computed the group, newest first."""
        full = self._full[group] if self.is_static else branch.full_calls.get(group, [])
        end = bisect_left(full, call_index)
        needed = tuple(reversed(full[max(0, end - count) : end]))
        return needed if len(needed) == count else (-1,) * count


def _has_partial(plan: RunPlan) -> bool:
    """Whether a plan computes chosen tokens anywhere."""
    return any(
        action.kind is ActionKind.PARTIAL
        for call in plan.calls
        for action in (call.action, *(each.action for each in call.exceptions))
    )


def assert_followable(opened: OpenedRun, calls: int) -> None:
    """Raises NoPlanError for a plan that no host without the model host can follow."""
    plan = opened.plan
    if opened.setup.token_cache is not None or (plan is not None and _has_partial(plan)):
        raise NoPlanError(PARTIAL_REASON)
    if plan is not None and len(plan.calls) != calls:
        raise NoPlanError(f"the plan is for {len(plan.calls)} calls, this run makes {calls}")


def _full_calls(plan: RunPlan, group: str) -> list[int]:
    return [
        index
        for index, call in enumerate(plan.calls)
        if _action(call, group).kind is ActionKind.FULL
    ]


def _action(call: CallPlan, group: str) -> Action:
    return next((each.action for each in call.exceptions if each.site == group), call.action)
