"""The sites of one transformer at one granularity: what both kinds, inside and outside, can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from forecache.hosting.site_work import CallJob, Stores, Work
from forecache.hosting.walk import Meter
from forecache.plan import Granularity
from forecache.torch import Place


@dataclass(frozen=True)
class StoreOptions:
    """slots: features a site keeps. dtype: None for the model's own."""

    slots: int
    dtype: torch.dtype | None
    place: Place


@dataclass(frozen=True)
class Invocation:
    """The transformer's own computation of one call."""

    original: Callable[..., Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]

    def __call__(self) -> Any:
        return self.original(*self.args, **self.kwargs)


@dataclass(frozen=True)
class LateDecision:
    """A decision inside the call: before the block of `meter`, from what that measures."""

    meter: Meter
    decide: Callable[[Any], Work]


class NetworkSites(Protocol):
    """Where features are kept and forecast."""

    granularity: Granularity
    groups: tuple[str, ...]
    """Names of the groups of sites; a group has one history a branch."""
    features: int
    """Features a call stores."""

    def refusal(self, arguments: Mapping[str, Any]) -> str | None:
        """Why a call with these arguments cannot be forecast here."""

    def stores(self, options: StoreOptions) -> Stores:
        """Empty histories for one branch."""

    def run(self, call: Invocation, job: CallJob, work: Work | LateDecision) -> Any:
        """Computes or forecasts one call. Raises ForecastImpossible when it has to be computed in
        full instead.
        """
