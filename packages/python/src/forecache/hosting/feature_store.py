"""The history of one group of sites of one branch."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from forecache.torch import FeatureHistory, Gates, Place, Weights


class StoredFeatures(Protocol):
    """What forecasts are made from; see `FeatureHistory`."""

    def forecast(self, site: int, weights: Weights) -> Tensor: ...

    def gated_sum(self, weights: Weights, gates: Gates, base: Tensor) -> Tensor: ...

    def newest(self, site: int, count: int) -> list[Tensor]: ...


class SiteStore(Protocol):
    """Where a call stores the features of a group of sites; see `FeatureStore`."""

    @property
    def positions(self) -> tuple[int, ...]: ...

    @property
    def history(self) -> StoredFeatures: ...

    def begin(self, call_index: int) -> None: ...

    def write(self, site: int, feature: Tensor, stream: torch.dtype) -> None: ...

    def commit(self) -> None: ...

    def abort(self) -> None: ...

    def forecast(self, site: int, weights: Weights, like: Tensor) -> Tensor: ...


class FeatureStore:
    """A `FeatureHistory` that is made at the first write, when the dtype of the model's stream is
    known.

    dtype: what features are stored in; None for the stream's own. Features of another shape than
        those before start the history anew.
    """

    def __init__(self, sites: int, slots: int, *, dtype: torch.dtype | None, place: Place) -> None:
        self.sites = sites
        self._slots = slots
        self._dtype = dtype
        self._place: Place = place
        self._history: FeatureHistory | None = None
        self._opened: int | None = None

    @property
    def positions(self) -> tuple[int, ...]:
        """Call indices whose features are stored, newest first."""
        return () if self._history is None else self._history.positions

    @property
    def byte_length(self) -> int:
        """Bytes held."""
        return 0 if self._history is None else self._history.byte_length

    def begin(self, call_index: int) -> None:
        """Opens a write; the oldest features are gone from `positions` when the ring is full."""
        self._opened = call_index
        if self._history is not None:
            self._history.begin(call_index)

    def write(self, site: int, feature: Tensor, stream: torch.dtype) -> None:
        """Copies a feature, which belongs to a stream of this dtype."""
        history = self._history or FeatureHistory(
            self.sites, self._slots, dtype=self._dtype or stream, place=self._place
        )
        if self._history is None or not history.fits(feature):
            assert self._opened is not None
            history.reset()
            history.begin(self._opened)
            self._history = history
        history.write(site, feature)

    def commit(self) -> None:
        """Makes what was written the newest features."""
        self._opened = None
        if self._history is not None:
            self._history.commit()

    def abort(self) -> None:
        """Ends a write without keeping it."""
        self._opened = None
        if self._history is not None:
            self._history.abort()

    def forecast(self, site: int, weights: Weights, like: Tensor) -> Tensor:
        """`sum_j w_j F_j` of one site, in the dtype of `like`."""
        return self.history.forecast(site, weights, like=like)

    def reset(self) -> None:
        """Forgets everything and lets go of the memory."""
        self._opened = None
        self._history = None

    @property
    def history(self) -> FeatureHistory:
        """The history itself. Only after a commit."""
        assert self._history is not None
        return self._history
