"""One run of one transformer: from its first call to its last."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from forecache.diffusers.branch_names import BranchNames
from forecache.diffusers.call_clock import CallClock
from forecache.diffusers.modulation_table import BranchTables
from forecache.diffusers.schedule import Schedule
from forecache.hosting.branch_state import BranchState
from forecache.hosting.planned_run import PlannedRun
from forecache.plan import RunOutcome

_numbers = itertools.count(1)


@dataclass
class TabledRun(PlannedRun):
    """A planned run with `tables`: gates, at `module`."""

    tables: BranchTables | None = None


@dataclass
class RunState:
    """A run.

    planned: None when there is no plan; `reason` then says why every call is computed.
    input_signature: shape, dtype and device of the latents; another one is another run where
        nothing else tells.
    repeats: how often a branch was seen at a call index.
    """

    schedule: Schedule
    clock: CallClock
    planned: TabledRun | None = None
    reason: str | None = None
    input_signature: tuple[object, ...] = ()
    names: BranchNames = field(default_factory=BranchNames)
    branches: dict[str, BranchState] = field(default_factory=dict)
    repeats: dict[tuple[str, int], int] = field(default_factory=dict)
    number: int = field(default_factory=lambda: next(_numbers))
    full_calls: int = 0
    forecast_calls: int = 0
    gates_by_call: int = 0
    is_announced: bool = False

    def branch(self, name: str) -> BranchState:
        """The branch of this name, with empty histories when it is new."""
        assert self.planned is not None
        if name not in self.branches:
            stores = self.planned.sites.stores(self.planned.store_options)
            self.branches[name] = BranchState(name, stores)
        return self.branches[name]

    @property
    def byte_length(self) -> int:
        """Bytes of history held."""
        return sum(branch.byte_length for branch in self.branches.values())

    def close(self, outcome: RunOutcome) -> None:
        """Lets go of all features and tells whoever decided."""
        for branch in self.branches.values():
            for stores in branch.stores.values():
                for store in stores:
                    store.reset()
        if self.planned is not None:
            self.planned.tables = None
            self.planned.opened.close(outcome)
