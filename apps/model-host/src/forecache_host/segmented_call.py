"""One call of a segmented network together with the run's token cache."""

from __future__ import annotations

from torch import Tensor

from forecache.plan import TokenSelection
from forecache_host.network import NetworkCall
from forecache_host.token_cache import TokenCaches, not_cached


class SegmentedCall:
    """Computes single sites. What the token cache takes from this call is staged there, not
    committed.
    """

    def __init__(self, call_index: int, call: NetworkCall, tokens: TokenCaches | None) -> None:
        self.call_index = call_index
        self.call = call
        self._tokens = tokens

    def compute(self, site: str, hidden: Tensor | None, selection: TokenSelection | None) -> Tensor:
        """The output of any site but embed; `hidden` is None for modulation.

        With a selection only the chosen tokens are computed, and the answer is the whole feature
        with them.
        """
        is_branch = site not in ("modulation", "head")
        if selection is not None and not is_branch:
            raise not_cached(site)
        if hidden is None:
            return self.call.modulation()
        if site == "head":
            return self.call.head(hidden)
        if selection is None:
            return self._compute_all(site, hidden)
        return self._compute_chosen(site, hidden, selection)

    def _compute_all(self, site: str, hidden: Tensor) -> Tensor:
        feature = self.call.branch(site, hidden, None)
        if self._tokens is not None:
            self._tokens.stage_full(site, self.call_index, feature)
            measure = self._tokens.measure_of(site)
            if measure is not None:
                measured = self.call.token_measure(site, hidden, measure)
                self._tokens.stage_measure(site, measured)
        return feature

    def _compute_chosen(self, site: str, hidden: Tensor, selection: TokenSelection) -> Tensor:
        if self._tokens is None:
            raise not_cached(site)
        chosen = self._tokens.choose(site, selection, self.call_index)
        rows = self.call.branch(site, hidden, chosen) if selection.tokens > 0 else None
        return self._tokens.stage_partial(site, (self.call_index, selection), chosen, rows)
