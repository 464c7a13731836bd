"""What is remembered of one branch of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forecache.hosting.forecast_error import ForecastErrorMeter
from forecache.hosting.probe_memory import ProbeMemory
from forecache.hosting.site_work import Stores


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

    @property
    def byte_length(self) -> int:
        """Bytes of history."""
        return sum(store.byte_length for stores in self.stores.values() for store in stores)
