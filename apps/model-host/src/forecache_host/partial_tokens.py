"""Which tokens a PARTIAL action computes, and where their rows go."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from forecache.plan import TokenSelection
from forecache_host.host_error import invalid_argument

TokenMeasure = Literal["influence", "value-norm"]
"""What an attention measures of every token: the attention that it receives (mean over heads and
queries of the softmax), or the mean over heads of its value's L2 norm."""


def assert_choosable(name: str, selection: TokenSelection, tokens: int) -> None:
    """Raises unless tokens of a sample can be chosen so."""
    if selection.tokens > tokens:
        raise invalid_argument(f"{name}.tokens", f"an integer in 0..{tokens}", selection.tokens)
    if selection.grid > 0 and math.isqrt(tokens) ** 2 != tokens:
        rule = f"0 where the {tokens} tokens are no square grid"
        raise invalid_argument(f"{name}.grid", rule, selection.grid)


def choose_tokens(scores: Tensor, ages: Tensor, selection: TokenSelection) -> Tensor:
    """The tokens to compute in each sample, `[batch, count]`, rising.

    As ToCa chooses them (arXiv 2410.05317, and its code for DiT): the highest of score / |scores|_2
    + staleness_weight * age, after the best token of each grid cell is raised by grid_bonus times
    the size of its own sum. Of equals, the first; a sum that is no number comes last. `scores` and
    `ages` are `[batch, tokens]`. Cells at the right and lower edge are smaller where the cell does
    not divide the grid.
    """
    norms = scores.double().square().sum(dim=1, keepdim=True).sqrt()
    norms = torch.where(norms > 0, norms, torch.ones_like(norms))
    sums = scores.double() / norms + selection.staleness_weight * ages.double()
    sums = torch.where(sums.isnan(), -torch.inf, sums)
    if selection.grid > 0:
        sums = _raise_best_of_cells(sums, selection)
    order = sums.sort(dim=1, descending=True, stable=True).indices
    return order[:, : selection.tokens].sort(dim=1).values


def gather_rows(feature: Tensor, chosen: Tensor) -> Tensor:
    """The rows of the chosen tokens: `[batch, count, width]` of `[batch, tokens, width]`."""
    return feature.gather(1, _indices(chosen, feature))


def scatter_rows(feature: Tensor, chosen: Tensor, rows: Tensor) -> Tensor:
    """A fresh feature with these rows at the chosen tokens."""
    return feature.scatter(1, _indices(chosen, feature), rows)


def random_scores(seed: str, batch: int, tokens: int) -> Tensor:
    """Pseudo-random numbers in [0, 1), `[batch, tokens]`, from the seed and the position only.

    The same numbers on every model host, in every language: FNV-1a of the text, then the finaliser
    of MurmurHash3 (both in the public domain). Not for secrets.
    """
    state = 0x811C9DC5
    for character in seed:
        state = ((state ^ ord(character)) * 0x01000193) % 2**32
    count = batch * tokens
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B9)
    bits = (np.uint64(state) + steps).astype(np.uint32)
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    bits = bits ^ (bits >> np.uint32(16))
    # 24 bits, as many as float32 holds.
    scores = (bits >> np.uint32(8)).astype(np.float32) / np.float32(2**24)
    return torch.from_numpy(scores).reshape(batch, tokens)


def _indices(chosen: Tensor, feature: Tensor) -> Tensor:
    return chosen.unsqueeze(-1).expand(-1, -1, feature.shape[-1])


def _raise_best_of_cells(sums: Tensor, selection: TokenSelection) -> Tensor:
    batch, tokens = sums.shape
    side, grid = math.isqrt(tokens), selection.grid
    edge = -side % grid
    numbers = torch.arange(tokens, device=sums.device).reshape(1, 1, side, side)
    squares = sums.reshape(batch, 1, side, side)
    padded = torch.nn.functional.pad(squares, (0, edge, 0, edge), value=-torch.inf)
    cells = torch.nn.functional.unfold(padded, grid, stride=grid)
    places = torch.nn.functional.pad(numbers.double(), (0, edge, 0, edge))
    places = torch.nn.functional.unfold(places, grid, stride=grid).expand(batch, -1, -1)
    # Of equals, argmax takes the first.
    best = places.gather(1, cells.argmax(dim=1, keepdim=True)).squeeze(1).long()
    raised = sums.gather(1, best)
    raised = torch.where(raised > -torch.inf, raised + selection.grid_bonus * raised.abs(), raised)
    return sums.scatter(1, best, raised)
