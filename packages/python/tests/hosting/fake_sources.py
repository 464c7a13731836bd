"""Plan sources without a sidecar: what a test says, or Taylor weights by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from forecache.errors import NoPlanError
from forecache.plan import (
    FULL,
    Action,
    ActionKind,
    CallPlan,
    CallReport,
    Granularity,
    Probe,
    RunOutcome,
    RunPlan,
    RunRequest,
    RunSetup,
    SiteAction,
)

Decide = Callable[[str, int, Mapping[str, float]], Action | None]


@dataclass
class FakeRun:
    """An `OpenedRun` that remembers everything it was told."""

    request: RunRequest
    setup: RunSetup
    plan: RunPlan | None
    policy: str = "fake(order=1)"
    warnings: Sequence[str] = ()
    failure: str | None = None
    answer: Decide | None = None
    reports: list[CallReport] = field(default_factory=list)
    outcomes: list[RunOutcome] = field(default_factory=list)
    asked: list[tuple[str, int, dict[str, float]]] = field(default_factory=list)
    prefetched: list[tuple[str, int]] = field(default_factory=list)

    def decide(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> CallPlan | None:
        self.asked.append((branch, call_index, dict(scalars)))
        assert self.answer is not None
        action = self.answer(branch, call_index, scalars)
        return None if action is None else CallPlan(call_index, action)

    def prefetch(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> None:
        self.prefetched.append((branch, call_index))

    def report(self, report: CallReport) -> None:
        self.reports.append(report)

    def close(self, outcome: RunOutcome) -> None:
        self.outcomes.append(outcome)


@dataclass
class FakeSource:
    """Opens runs whose calls are `actions(calls)`, or decided one by one by `answer`. Runs that
    `enable` opens to check options are in `trials`.
    """

    actions: Callable[[int], Sequence[Action]] | None = None
    answer: Decide | None = None
    granularity: Granularity = Granularity.MODULE
    history_size: int = 2
    sites: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    exceptions: Mapping[int, tuple[SiteAction, ...]] = field(default_factory=dict)
    runs: list[FakeRun] = field(default_factory=list)
    trials: list[FakeRun] = field(default_factory=list)
    is_closed: bool = False

    def open_run(self, request: RunRequest) -> FakeRun:
        granularity = request.granularity or self.granularity
        setup = RunSetup(granularity, self.sites, self.history_size, None, self.probes)
        plan = None
        if self.actions is not None:
            calls = tuple(
                CallPlan(index, action, self.exceptions.get(index, ()))
                for index, action in enumerate(self.actions(request.calls))
            )
            plan = RunPlan(request.steps, calls)
        run = FakeRun(request, setup, plan, answer=self.answer)
        (self.trials if request.client.endswith("(checks options)") else self.runs).append(run)
        return run

    def close(self) -> None:
        self.is_closed = True


class NobodySource:
    """Nobody answers."""

    def __init__(self) -> None:
        self.asked = 0

    def open_run(self, request: RunRequest) -> FakeRun:
        self.asked += 1
        raise NoPlanError("nobody is there")

    def close(self) -> None:
        pass


def taylor_weights(full_calls: Sequence[int], call: int, order: int) -> tuple[float, ...]:
    """The line through the newest two full calls at `call`; with one, or order 0, the newest."""
    if order == 0 or len(full_calls) < 2:
        return (1.0,)
    newest, before = full_calls[-1], full_calls[-2]
    steps = (call - newest) / (newest - before)
    return (1.0 + steps, -steps)


def taylor_actions(interval: int, order: int, warmup: int = 2) -> Callable[[int], list[Action]]:
    """The first calls full, then every `interval`-th; a line between them."""

    def actions(calls: int) -> list[Action]:
        made: list[Action] = []
        full: list[int] = []
        for call in range(calls):
            if call < warmup or call - full[-1] >= interval:
                full.append(call)
                made.append(FULL)
            else:
                made.append(Action(ActionKind.FORECAST, taylor_weights(full, call, order)))
        return made

    return actions


def taylor_source(interval: int = 3, order: int = 1, warmup: int = 2) -> FakeSource:
    """TaylorSeer of order 0 or 1."""
    return FakeSource(taylor_actions(interval, order, warmup), history_size=order + 1)


def forecast(*weights: float) -> Action:
    """A forecast with these weights."""
    return Action(ActionKind.FORECAST, weights)


REUSE = Action(ActionKind.REUSE)
