"""The newest true features of a branch of a run, and the forecasts made from them."""

from __future__ import annotations

import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.torch.feature_memory import FeatureMemory, Place
from forecache.torch.gated_sum import Gates, gated_sum
from forecache.torch.ring import Ring
from forecache.torch.terms import Terms
from forecache.torch.weight_table import WeightRow, Weights, weight_values
from forecache.torch.weighted_sum import weighted_sum


class FeatureHistory:
    """The newest `slots` true features of `sites` sites of one shape, in one block of memory.

    sites: sites of the branch, >= 1. Their features have one shape, `[batch, tokens, width]` where
        gates apply.
    slots: stored features a site, >= 1: order + 1.
    dtype: what features are stored in, default the first feature's own. Sums are float32 anyway.
    place: `device` (default), or `host`: pinned memory for a CUDA model, no difference for others.

    The block `[slots, sites, *shape]` is allocated at the first write and never again until
    `reset`. Features enter a call at a time: `begin`, a `write` a site, `commit`. The oldest call
    is gone from `positions` at `begin`, so that a forecast never reads what is half written. No
    tensor of the model is kept.
    """

    def __init__(
        self,
        sites: int,
        slots: int,
        *,
        dtype: torch.dtype | None = None,
        place: Place = "device",
    ) -> None:
        _assert_options(sites, slots, dtype, place)
        self.sites = sites
        self.slots = slots
        self._ring = Ring(slots)
        self._memory = FeatureMemory((slots, sites), dtype, place)
        self._unwritten: set[int] = set()

    @property
    def positions(self) -> tuple[int, ...]:
        """Call indices whose features are stored, newest first."""
        return self._ring.positions

    @property
    def byte_length(self) -> int:
        """Bytes allocated: `cache_bytes` of the features; 0 before the first write."""
        return self._memory.byte_length

    def fits(self, feature: Tensor) -> bool:
        """Whether a feature has the first one's shape, dtype and device; at first any float."""
        return self._memory.mismatch(feature) is None

    def begin(self, call_index: int) -> None:
        """Opens a write. Raises ForecacheError unless the call is later and no write is open."""
        self._ring.begin(call_index)
        self._unwritten = set(range(self.sites))

    def write(self, site: int, feature: Tensor) -> None:
        """Copies a site's feature into the open slot, in the history's dtype.

        Raises ForecacheError for a feature that does not fit, and when no write is open.
        """
        if self._ring.opened is None:
            raise ForecacheError("no call is being written: begin one before write")
        self._assert_site(site)
        self._memory.write(self._ring.open_slot, site, feature)
        self._unwritten.discard(site)

    def commit(self) -> None:
        """Makes what was written the newest. Raises ForecacheError when a site lacks a feature."""
        if self._ring.opened is not None and self._unwritten:
            missing = ", ".join(map(str, sorted(self._unwritten)))
            raise ForecacheError(f"call {self._ring.opened} lacks the features of sites {missing}")
        self._ring.commit()

    def abort(self) -> None:
        """Ends a write without keeping it, if there is one."""
        self._ring.abort()

    def reset(self) -> None:
        """Forgets everything and lets go of the memory, as at the end of a run."""
        self._ring.reset()
        self._memory.release()

    def prefetch(self) -> None:
        """Starts the copy of a history on the host to the device; else a forecast starts it."""
        self._memory.fetch()

    def forecast(
        self,
        site: int,
        weights: Weights,
        out: Tensor | None = None,
        like: Tensor | None = None,
    ) -> Tensor:
        """`sum_j w_j F_j` of one site, accumulated in float32, in a tensor of its own.

        weights: newest feature first, at most `len(positions)`.
        out: contiguous, takes the forecast. Without it the dtype is `like`'s, else the model's.
        """
        self._assert_site(site)
        terms = self._terms(weights)
        target = self._target(terms, like) if out is None else self._assert_out(terms, out)
        with torch.no_grad():
            return weighted_sum(terms, site, target)

    def gated_sum(self, weights: Weights, gates: Gates, base: Tensor) -> Tensor:
        """`base + sum_s gate_s * (sum_j w_j F_js)`, accumulated in float32, in base's dtype.

        gates: `[sites, batch, width]`, or a sequence of one `[batch, width]` a site with None where
            a site is not gated; a batch of 1 serves every sample.
        base: `[batch, tokens, width]`; not changed.
        """
        terms = self._terms(weights)
        with torch.no_grad():
            return gated_sum(terms, gates, base)

    def newest(self, site: int, count: int) -> list[Tensor]:
        """Views of a site's newest `count` features, or of all there are; to be read at once."""
        self._assert_site(site)
        block = self._memory.readable()
        return [block[self._ring.slot(age), site] for age in range(len(self.positions))][:count]

    def _terms(self, weights: Weights) -> Terms:
        values = weight_values(weights, len(self.positions))
        slots = tuple(self._ring.slot(age) for age in range(len(values)))
        follows_plan = isinstance(weights, WeightRow) and weights.newest == self._ring.newest
        by_slot = weights.by_slot if isinstance(weights, WeightRow) and follows_plan else None
        return Terms(self._memory.readable(), slots, values, by_slot)

    def _target(self, terms: Terms, like: Tensor | None) -> Tensor:
        dtype = self._memory.model_dtype if like is None else like.dtype
        return torch.empty(terms.block.shape[2:], dtype=dtype, device=terms.block.device)

    def _assert_out(self, terms: Terms, out: Tensor) -> Tensor:
        shape = tuple(terms.block.shape[2:])
        if tuple(out.shape) != shape or not out.is_contiguous():
            raise ForecacheError(
                f"out must be contiguous, of shape {list(shape)}, got {list(out.shape)}"
            )
        return out

    def _assert_site(self, site: int) -> None:
        if not 0 <= site < self.sites:
            raise ForecacheError(f"site must be an integer in 0..{self.sites - 1}, got {site}")


def _assert_options(sites: int, slots: int, dtype: torch.dtype | None, place: str) -> None:
    for name, value in (("sites", sites), ("slots", slots)):
        if not isinstance(value, int) or value < 1:
            raise ForecacheError(f"{name} must be an integer >= 1, got {value!r}")
    if dtype is not None and not dtype.is_floating_point:
        raise ForecacheError(f"dtype must be a floating-point dtype, got {dtype}")
    if place not in ("device", "host"):
        raise ForecacheError(f"place must be device or host, got {place!r}")
