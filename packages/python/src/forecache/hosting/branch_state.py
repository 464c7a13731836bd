"""What is remembered of one branch of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from forecache.hosting.forecast_error import ForecastErrorMeter
from forecache.hosting.probe_memory import ProbeMemory
from forecache.hosting.site_work import Stores, Work


@dataclass
class BranchState:
    """One branch.

    signature: shapes of the newest call that stored features; others cannot be forecast from it.
    full_calls: by group, the calls that stored features, oldest first.
    lost: why nothing can be forecast any more, for a policy that decides call by call.
    newest: index of the branch's newest call, -1 before the first.
    """

    name: str
    stores: Stores
    probes: ProbeMemory = field(default_factory=ProbeMemory)
    errors: ForecastErrorMeter = field(default_factory=ForecastErrorMeter)
    signature: tuple[Any, ...] | None = None
    full_calls: dict[str, list[int]] = field(default_factory=dict)
    lost: str | None = None
    newest: int = -1

    def remember(
        self,
        call_index: int,
        signature: tuple[Any, ...],
        work: Work,
        samples: Sequence[tuple[str, Tensor]],
    ) -> None:
        """Notes what a call has stored, and compares the forecasts before it with that.

        samples: features that were stored, by group of sites.
        """
        for group, stores in self.stores.items():
            if stores[0].positions[:1] == (call_index,):
                self.full_calls.setdefault(group, []).append(call_index)
                self.signature = signature
        first = next(iter(work))
        for group, feature in samples:
            if group == first:
                self.errors.full(feature)
        if work[first].weights:
            self.errors.forecast(work[first].weights)

    @property
    def byte_length(self) -> int:
        """Bytes of history."""
        return sum(store.byte_length for stores in self.stores.values() for store in stores)
