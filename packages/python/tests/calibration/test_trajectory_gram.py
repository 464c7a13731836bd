"""Inner products of recorded tensors, of all elements and of a random subset."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch

from forecache.calibration.elements import Elements, random_subset
from forecache.calibration.gram import CHUNK, gram, gram_variance, triangle
from forecache.errors import ForecacheError


def test_gram_has_the_inner_products() -> None:
    found = gram([torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0])])
    # 1 + 4, 3 - 2, 9 + 1
    assert found.tolist() == [[5.0, 1.0], [1.0, 10.0]]
    assert found.dtype is torch.float64


def test_triangle_goes_row_by_row_with_the_diagonal() -> None:
    matrix = torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 5.0], [3.0, 5.0, 6.0]])
    assert triangle(matrix) == [1, 2, 3, 4, 5, 6]


def test_sums_are_made_in_float64() -> None:
    # 2^24 + 1 is no float32.
    assert gram([torch.tensor([4096.0, 1.0])]).item() == 2**24 + 1


def test_sums_go_beyond_one_chunk() -> None:
    ones = torch.ones(CHUNK + 1)
    assert gram([ones, 2 * ones])[0].tolist() == [CHUNK + 1, 2 * (CHUNK + 1)]


def test_half_precision_is_multiplied_as_it_is() -> None:
    # 257 rounds to 256 in bfloat16; its square is then 2^16 and not what bfloat16 makes of it.
    found = gram([torch.tensor([257.0, 1.0], dtype=torch.bfloat16)])
    assert found.item() == 256**2 + 1


def test_the_estimate_and_its_variance_are_right_on_average_over_all_subsets() -> None:
    one, other = torch.tensor([1.0, 2.0, -3.0, 5.0]), torch.tensor([2.0, 0.0, 1.0, 4.0])
    subsets = [torch.tensor(chosen) for chosen in combinations(range(4), 3)]
    estimates = torch.stack([gram([one[s], other[s]], 4 / 3) for s in subsets])
    variances = torch.stack([gram_variance([one[s], other[s]], 4) for s in subsets])
    torch.testing.assert_close(estimates.mean(0), gram([one, other]))
    torch.testing.assert_close(variances.mean(0), estimates.var(0, unbiased=False))


def test_nothing_left_out_has_no_variance() -> None:
    assert gram_variance([torch.tensor([1.0, 2.0])], 2).item() == 0


def test_all_elements_are_kept_as_a_copy() -> None:
    tensor = torch.arange(6.0).reshape(2, 3)
    kept = Elements().of(tensor)
    tensor.zero_()
    assert kept.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_subset_is_the_same_of_every_tensor() -> None:
    elements = Elements(count=10)
    first, second = elements.of(torch.arange(100)), elements.of(torch.arange(100))
    assert first.tolist() == second.tolist() == sorted(set(first.tolist()))
    assert (len(first), elements.scale) == (10, 10.0)


def test_more_elements_than_there_are_is_all_of_them() -> None:
    elements = Elements(count=10)
    assert elements.of(torch.arange(4)).tolist() == [0, 1, 2, 3]
    assert elements.scale == 1.0


def test_seeds_choose_subsets() -> None:
    assert random_subset(1000, 5, 0).tolist() != random_subset(1000, 5, 1).tolist()


def test_tensors_of_another_size_are_refused() -> None:
    elements = Elements()
    elements.of(torch.zeros(4))
    message = "tensors of all runs must have one size (4 elements), got 5"
    with pytest.raises(ForecacheError) as raised:
        elements.of(torch.zeros(5))
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"count": 1}, "elements must be an integer >= 2, got 1"),
        ({"count": True}, "elements must be an integer >= 2, got True"),
        ({"keep": "disk"}, "keep must be device or host, got 'disk'"),
    ],
)
def test_bad_options_name_value_and_rule(given: dict[str, object], message: str) -> None:
    with pytest.raises(ForecacheError) as raised:
        Elements(**given)  # type: ignore[arg-type] # wrong on purpose
    assert str(raised.value) == message
