"""A call by plan, as the host sees it: begun, measured, then finished by its plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from forecache.plan import Action, CallPlan, RunSetup
from forecache_host.probes import BranchProbes
from forecache_host.token_cache import TokenCaches


@dataclass
class SiteCounts:
    """Sites of a call by how their features came about."""

    forwarded: int = 0
    forecast: int = 0
    partial: int = 0


@dataclass
class FinishedCall:
    """A call that is done. Nothing of it is remembered before `commit` is called.

    `features`: the true features of kept sites that the plan computed.
    """

    output: Tensor
    counts: SiteCounts
    commit: Callable[[], None]
    scalars: Mapping[str, float] = field(default_factory=dict)
    features: Mapping[str, Tensor] = field(default_factory=dict)


class CallWalk(Protocol):
    """A call that has computed what its probes measure beforehand, and waits for its plan."""

    @property
    def scalars(self) -> Mapping[str, float]:
        """What was measured before the call."""

    def finish(self, plan: CallPlan) -> FinishedCall:
        """Computes the rest. To be called once."""


@dataclass
class WalkHost:
    """What a walk asks of the host. `check` raises when the request is cancelled; asked before
    every site.
    """

    setup: RunSetup
    call_index: int
    probes: BranchProbes
    tokens: TokenCaches | None
    forecast: Callable[[str, Action], Tensor]
    check: Callable[[], None]
