"""Histories of several streams that a batch of rows is stored to and forecast from at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from forecache.hosting.feature_store import FeatureStore
from forecache.torch import Gates, Weights


class StreamStore:
    """A `FeatureStore` whose features are the rows of several streams, one after the other.

    stores: one a stream, in the order of the rows; every stream has equally many.
    """

    def __init__(self, stores: Sequence[FeatureStore]) -> None:
        self._stores = tuple(stores)
        self.sites = stores[0].sites

    @property
    def positions(self) -> tuple[int, ...]:
        """Call indices that the first stream has; the engine has checked the others."""
        return self._stores[0].positions

    @property
    def byte_length(self) -> int:
        """Bytes held by all streams."""
        return sum(store.byte_length for store in self._stores)

    @property
    def history(self) -> StreamStore:
        """Itself: it answers `gated_sum` and `forecast` as a history does."""
        return self

    def begin(self, call_index: int) -> None:
        """Opens a write of every stream."""
        for store in self._stores:
            store.begin(call_index)

    def write(self, site: int, feature: Tensor, stream: torch.dtype) -> None:
        """Copies each stream's rows into its own history."""
        for store, rows in zip(self._stores, self._split(feature), strict=True):
            store.write(site, rows, stream)

    def commit(self) -> None:
        """Makes what was written the newest features."""
        for store in self._stores:
            store.commit()

    def abort(self) -> None:
        """Ends a write without keeping it."""
        for store in self._stores:
            store.abort()

    def forecast(self, site: int, weights: Weights, like: Tensor | None = None) -> Tensor:
        """`sum_j w_j F_j` of one site, the rows of all streams."""
        parts = [store.history.forecast(site, weights, like=like) for store in self._stores]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def gated_sum(self, weights: Weights, gates: Gates, base: Tensor) -> Tensor:
        """`base + sum_s gate_s * (sum_j w_j F_js)`, the rows of all streams."""
        parts = [
            store.history.gated_sum(weights, self._gates_of(gates, index), rows)
            for index, (store, rows) in enumerate(zip(self._stores, self._split(base), strict=True))
        ]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def newest(self, site: int, count: int) -> list[Tensor]:
        """The first stream's newest features: what policies measure is measured there."""
        return self._stores[0].history.newest(site, count)

    def _split(self, rows: Tensor) -> tuple[Tensor, ...]:
        return rows.chunk(len(self._stores))

    def _gates_of(self, gates: Gates, index: int) -> Gates:
        return [None if gate is None else self._rows_of(gate, index) for gate in gates]

    def _rows_of(self, gate: Tensor, index: int) -> Tensor:
        """A gate of one row serves every stream."""
        return gate if gate.shape[0] == 1 else self._split(gate)[index]
