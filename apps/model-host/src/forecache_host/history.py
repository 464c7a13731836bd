"""The newest true features of the kept sites of one branch."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from torch import Tensor

from forecache.plan import Action, ActionKind, RunSetup
from forecache_host.host_error import HostError
from forecache_host.memory import MemoryBudget


def weighted_sum(weights: Sequence[float], features: Sequence[Tensor]) -> Tensor:
    """sum_j w_j F_j, newest first, added in float32 and rounded once to the features' dtype. A
    fresh tensor.

    The weights (1) give the newest feature itself, to the bit.
    """
    total = features[0].float() * weights[0]
    for weight, feature in zip(weights[1:], features[1:], strict=True):
        total.add_(feature.float(), alpha=weight)
    return total.to(features[0].dtype)


class SiteHistories:
    """One ring a site, as sites differ in which calls computed them. What a call computed is staged
    and counts from `commit` on.

    Features are kept by reference: every computed feature is a fresh tensor that nobody writes to,
    so nothing is copied.
    """

    def __init__(self, setup: RunSetup, memory: MemoryBudget) -> None:
        self._size = setup.history_size
        self._memory = memory
        # Filled on demand: a network may keep more of a site than one tensor, by names of its own.
        self._rings: defaultdict[str, deque[tuple[int, Tensor]]] = defaultdict(
            lambda: deque(maxlen=setup.history_size)
        )
        self._staged: dict[str, tuple[int, Tensor]] = {}
        self._taken = 0

    def assert_possible(self, site: str, action: Action, call_index: int) -> None:
        """Raises unless the action can be done at this call. Changes nothing."""
        ring = self._rings[site]
        if action.kind is ActionKind.FULL:
            newest = ring[0][0] if ring else -1
            if call_index < newest:
                raise _impossible(site, f"a full call {call_index} cannot follow call {newest}")
            return
        needed = len(action.effective_weights)
        if needed > len(ring):
            reason = f"the forecast needs {needed} stored features, has {len(ring)}"
            raise _impossible(site, reason)

    def forecast(self, site: str, action: Action) -> Tensor:
        """The weighted sum of stored features; reuse is the newest."""
        weights = action.effective_weights
        features = [feature for _, feature in self._rings[site]]
        return weighted_sum(weights, features[: len(weights)])

    def stage(self, features: Mapping[str, Tensor], call_index: int) -> None:
        """Takes the features of one call. The newest call, made again, is left as it is."""
        for site, feature in features.items():
            ring = self._rings[site]
            if ring and ring[0][0] == call_index:
                continue
            if len(ring) < self._size:
                self._memory.take(feature.nbytes)
                self._taken += feature.nbytes
            self._staged[site] = (call_index, feature)

    def commit(self) -> None:
        """Makes the staged features the newest ones. Cannot fail."""
        for site, entry in self._staged.items():
            self._rings[site].appendleft(entry)
        self._staged.clear()
        self._taken = 0

    def rollback(self) -> None:
        """Forgets the staged features and gives their memory back."""
        self._staged.clear()
        self._memory.give(self._taken)
        self._taken = 0

    def clear(self) -> None:
        """Gives all memory back."""
        self.rollback()
        for ring in self._rings.values():
            self._memory.give(sum(feature.nbytes for _, feature in ring))
            ring.clear()


def _impossible(site: str, reason: str) -> HostError:
    return HostError("failed-precondition", f"site {site}: {reason}")
