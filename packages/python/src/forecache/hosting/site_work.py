"""What one call does at a group of sites, and how that is carried out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from torch import Tensor

from forecache.hosting.feature_store import FeatureStore, SiteStore
from forecache.hosting.structure import BlockCall


class Does(Enum):
    """STORE: computed, as the plan says. COMPUTE: computed against the plan, so not stored."""

    STORE = "store"
    COMPUTE = "compute"
    FORECAST = "forecast"


@dataclass(frozen=True)
class SiteWork:
    """What a call does at a group of sites. `weights`: newest stored feature first."""

    does: Does
    weights: tuple[float, ...] = ()


COMPUTE = SiteWork(Does.COMPUTE)

Work = Mapping[str, SiteWork]
"""What a call does, by group of sites."""

Stores = Mapping[str, list[FeatureStore]]
"""The histories of a branch, by group of sites."""

CallStores = Mapping[str, Sequence[SiteStore]]
"""The same as one call stores to them: a call may have the rows of several branches."""


@dataclass
class CallJob:
    """One call of the transformer at its sites.

    arguments: of the call, by name. samples: takes a sample of every stored feature, for the
        forecast error.
    watch: records what a policy wants to know of a call that stores everything.
    trouble: why features could not be stored.
    """

    index: int
    arguments: Mapping[str, Any]
    stores: CallStores
    gates: Any = None
    samples: list[tuple[str, Tensor]] = field(default_factory=list)
    watch: Recorder | None = None
    trouble: str | None = None


class ForecastImpossible(Exception):
    """A forecast failed on the way: the call has to be computed. Never leaves the engine."""


class Recorder(ABC):
    """Stores the features of a computed call. Sees blocks in their order, then the head's input."""

    def enter(self, call: BlockCall) -> None:  # noqa: B027 # nothing to see by default
        """Before a block is computed."""

    def leave(self, call: BlockCall, output: Any) -> None:  # noqa: B027 # nothing to see by default
        """After a block was computed."""

    def head(self, hidden: Tensor) -> None:  # noqa: B027 # nothing to see by default
        """The head's input."""

    @abstractmethod
    def commit(self) -> None:
        """Makes the features the newest of their history."""

    @abstractmethod
    def abort(self) -> None:
        """Lets go of what was stored of this call. May come at any time, and twice."""


class Applier(ABC):
    """Forecasts at a group of sites."""

    @abstractmethod
    def skips(self, call: BlockCall) -> bool:
        """Whether the block is not computed."""

    def streams(self, call: BlockCall) -> tuple[Tensor, Tensor | None]:
        """The streams behind a skipped block; as they are, unless a forecast is added here."""
        return call.hidden, call.encoder

    def head(self, hidden: Tensor) -> Tensor:
        """The head's input, with what is forecast there."""
        return hidden
