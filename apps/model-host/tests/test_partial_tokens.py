"""Which tokens a PARTIAL action computes: the same as every other host of forecache chooses."""

from __future__ import annotations

import pytest
import torch

from forecache.plan import TokenSelection
from forecache_host.host_error import HostError
from forecache_host.partial_tokens import (
    assert_choosable,
    choose_tokens,
    gather_rows,
    random_scores,
    scatter_rows,
)


def test_random_scores_are_those_of_the_typescript_hosts() -> None:
    # fillRandomScores of packages/adapters, times 2^24.
    scores = random_scores("run-1 joint 3 blocks.0.mlp", 2, 4)
    expected = [4478475, 4558040, 13762598, 14338957, 12121195, 1853245, 4903484, 4771534]
    assert (scores * 2**24).flatten().tolist() == expected


def test_choices_are_those_of_the_typescript_hosts_with_and_without_a_grid() -> None:
    scores = random_scores("a", 2, 25)
    ages = torch.arange(50).reshape(2, 25) % 4
    # chooseTokens of packages/adapters; cells of 2 do not divide the grid of 5.
    grid = TokenSelection(9, staleness_weight=0.05, grid=2, grid_bonus=0.8)
    assert choose_tokens(scores, ages, grid).flatten().tolist() == [
        1,
        2,
        3,
        10,
        12,
        15,
        19,
        21,
        23,
        1,
        8,
        9,
        10,
        14,
        17,
        21,
        22,
        24,
    ]
    plain = TokenSelection(9, staleness_weight=0.05)
    assert choose_tokens(scores, ages, plain).flatten().tolist() == [
        1,
        2,
        3,
        7,
        10,
        12,
        15,
        16,
        23,
        0,
        1,
        8,
        9,
        10,
        13,
        14,
        16,
        17,
    ]


def test_of_equals_the_first_are_chosen_and_what_is_no_number_comes_last() -> None:
    scores = torch.tensor([[1.0, 1.0, 1.0, 1.0], [torch.nan, 0.0, 2.0, 0.0]])
    ages = torch.zeros(2, 4)
    assert choose_tokens(scores[:1], ages[:1], TokenSelection(2)).tolist() == [[0, 1]]
    # A norm with a NaN in it orders nothing: ages do.
    older = torch.tensor([[0, 1, 0, 3]])
    chosen = choose_tokens(scores[1:], older, TokenSelection(4, staleness_weight=1.0))
    assert chosen.tolist() == [[0, 1, 2, 3]]


def test_all_scores_zero_chooses_by_age() -> None:
    ages = torch.tensor([[0, 2, 1]])
    chosen = choose_tokens(torch.zeros(1, 3), ages, TokenSelection(1, staleness_weight=0.5))
    assert chosen.tolist() == [[1]]


def test_scattering_what_was_gathered_changes_nothing() -> None:
    feature = torch.randn(2, 5, 3)
    chosen = torch.tensor([[0, 3], [1, 4]])
    rows = gather_rows(feature, chosen)
    assert torch.equal(rows[1, 0], feature[1, 1])
    assert torch.equal(scatter_rows(feature, chosen, rows), feature)
    changed = scatter_rows(feature, chosen, rows + 1)
    assert torch.equal(changed[0, 3], feature[0, 3] + 1)
    assert torch.equal(changed[0, 2], feature[0, 2])


@pytest.mark.parametrize(
    ("selection", "tokens", "message"),
    [
        (TokenSelection(17), 16, "selection.tokens must be an integer in 0..16, got 17"),
        (
            TokenSelection(1, grid=2),
            15,
            "selection.grid must be 0 where the 15 tokens are no square grid, got 2",
        ),
    ],
)
def test_selections_that_cannot_be_are_refused(
    selection: TokenSelection, tokens: int, message: str
) -> None:
    with pytest.raises(HostError) as refused:
        assert_choosable("selection", selection, tokens)
    assert str(refused.value) == message
