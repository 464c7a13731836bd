"""The features of one branch that are kept by token, and what their tokens are chosen by."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from forecache.plan import TokenCache, TokenSelection
from forecache_host.host_error import HostError, invalid_argument
from forecache_host.memory import MemoryBudget
from forecache_host.partial_tokens import (
    TokenMeasure,
    assert_choosable,
    choose_tokens,
    random_scores,
    scatter_rows,
)
from forecache_host.sites import ModelDescription
from forecache_host.tensor_type import TensorType


@dataclass
class CachedTokens:
    """The newest feature of one site, `[batch, tokens, width]`, and the call that computed each
    token.

    `chosen`: the selection and the tokens of the newest partial call, so that one made again
    chooses the same.
    """

    type: TensorType
    feature: Tensor | None = None
    computed_at: Tensor = field(default_factory=lambda: torch.empty(0))
    newest_call: int = -1
    chosen: tuple[TokenSelection, Tensor] | None = None


@dataclass(frozen=True)
class BranchKey:
    """Which branch of which run: part of the seed of random scores."""

    run_id: str
    branch: str
    batch: int


class TokenCaches:
    """What a call computes is staged; it counts from `commit` on, and `rollback` forgets it.

    Takes all its memory when it is made: `resource-exhausted` when a run begins, not in the midst
    of it.
    """

    def __init__(
        self, cache: TokenCache, description: ModelDescription, key: BranchKey, memory: MemoryBudget
    ) -> None:
        self._score = cache.score
        self._key = key
        self._memory = memory
        self._kinds = {site.name: (site.block, site.kind) for site in description.modules}
        self._sites = {
            site: CachedTokens(description.site(site).output.with_batch(key.batch))
            for site in cache.sites
        }
        self._blocks = {self._kinds[site][0] for site in cache.sites}
        self._scores: dict[int, Tensor] = {}
        self._staged: dict[str, CachedTokens] = {}
        self._staged_scores: dict[int, Tensor] = {}
        self._bytes = sum(each.type.byte_length for each in self._sites.values())
        memory.take(self._bytes)

    def has(self, site: str) -> bool:
        """Whether the site is kept by token."""
        return site in self._sites

    def assert_possible(self, site: str, selection: TokenSelection, call_index: int) -> None:
        """Raises unless a partial computation can be done, as far as that is known now."""
        if site not in self._sites:
            raise not_cached(site)
        cached = self._sites[site]
        assert_choosable("selection", selection, cached.type.shape[1])
        if cached.newest_call < 0:
            raise _impossible(site, "a partial call needs a full one before it")
        if call_index < cached.newest_call:
            reason = f"a partial call {call_index} cannot follow call {cached.newest_call}"
            raise _impossible(site, reason)

    def measure_of(self, site: str) -> TokenMeasure | None:
        """What an attention has to measure when it computes all tokens; None: nothing."""
        block, kind = self._kinds[site]
        if kind != "attention" or block not in self._blocks:
            return None
        measures: dict[str, TokenMeasure] = {"influence": "influence", "value-norm": "value-norm"}
        return measures.get(self._score)

    def stage_full(self, site: str, call_index: int, feature: Tensor) -> None:
        """Takes what a full computation gave; ignores sites that are not kept by token."""
        if site not in self._sites:
            return
        tokens = feature.shape[:2]
        computed_at = torch.full(tokens, call_index, dtype=torch.int32, device=feature.device)
        cached_type = self._sites[site].type
        self._staged[site] = CachedTokens(cached_type, feature, computed_at, call_index)

    def stage_measure(self, site: str, measured: Tensor) -> None:
        """Takes what an attention measured. Of value norms the smaller is the sooner computed
        (DuCa).
        """
        scores = 1 - measured if self._score == "value-norm" else measured
        self._staged_scores[self._kinds[site][0]] = scores

    def choose(self, site: str, selection: TokenSelection, call_index: int) -> Tensor:
        """The tokens to compute, `[batch, count]`."""
        self.assert_possible(site, selection, call_index)
        cached = self._sites[site]
        is_again = cached.newest_call == call_index and cached.chosen is not None
        if is_again and cached.chosen is not None and cached.chosen[0] == selection:
            return cached.chosen[1]
        ages = (call_index - cached.computed_at - 1).clamp(min=0)
        scores = self._scores_of(site, call_index).to(ages.device)
        return choose_tokens(scores, ages, selection)

    def stage_partial(
        self, site: str, call: tuple[int, TokenSelection], chosen: Tensor, rows: Tensor | None
    ) -> Tensor:
        """Takes the rows of the chosen tokens, None for none, and returns the whole feature with
        them.
        """
        call_index, selection = call
        cached = self._sites[site]
        if cached.feature is None:
            raise _impossible(site, "a partial call needs a full one before it")
        whole = cached.feature if rows is None else scatter_rows(cached.feature, chosen, rows)
        computed_at = cached.computed_at.scatter(1, chosen, call_index)
        self._staged[site] = CachedTokens(
            cached.type, whole, computed_at, call_index, (selection, chosen)
        )
        return whole

    def commit(self) -> None:
        """Makes what is staged count. Cannot fail."""
        self._sites.update(self._staged)
        self._scores.update(self._staged_scores)
        self.rollback()

    def rollback(self) -> None:
        """Forgets what is staged, if anything is."""
        self._staged.clear()
        self._staged_scores.clear()

    def clear(self) -> None:
        """Gives the memory back; the end of the cache."""
        self.rollback()
        self._sites.clear()
        self._scores.clear()
        self._memory.give(self._bytes)
        self._bytes = 0

    def _scores_of(self, site: str, call_index: int) -> Tensor:
        batch, tokens = self._sites[site].type.shape[:2]
        if self._score == "random":
            seed = f"{self._key.run_id} {self._key.branch} {call_index} {site}"
            return random_scores(seed, batch, tokens)
        block = self._kinds[site][0]
        scores = self._staged_scores.get(block, self._scores.get(block))
        if scores is None:
            reason = f"no scores yet: blocks.{block}.attention was not computed in full"
            raise _impossible(site, reason)
        return scores


def not_cached(site: str) -> HostError:
    """The error of a selection at a site that is not kept by token."""
    rule = f"unset for site {site}, which is not in the run's token cache"
    return invalid_argument("selection", rule, "a selection")


def _impossible(site: str, reason: str) -> HostError:
    return HostError("failed-precondition", f"site {site}: {reason}")
