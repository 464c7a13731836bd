"""Measurements as `plan.proto` defines them, with sums a person can do in the head."""

from __future__ import annotations

import math
import re

import pytest
import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.torch import FeatureHistory, chunks, probes


@pytest.fixture(autouse=True, params=[1 << 19, 2], ids=["in one piece", "in small pieces"])
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "ELEMENTS_PER_THREAD", request.param)
    monkeypatch.setattr(probes, "GRAM_ELEMENTS", request.param)


def numbers(*values: float) -> Tensor:
    return torch.tensor(values)


def test_the_relative_change_is_the_change_over_the_size_of_what_was() -> None:
    # |3-1| + |2-(-2)| + |1-1| = 6 over 1 + 2 + 1 = 4
    assert probes.relative_change(numbers(3, 2, 1), numbers(1, -2, 1)).item() == 1.5


def test_there_is_no_relative_change_from_zeros() -> None:
    measured = {
        "from-zeros": probes.relative_change(numbers(1, 2), numbers(0, 0)),
        "of-zeros": probes.relative_change(numbers(0, 0), numbers(0, 0)),
        "of-nan": probes.relative_change(numbers(math.nan, 0), numbers(1, 1)),
        "fine": probes.relative_change(numbers(1, 2), numbers(1, 1)),
    }
    assert probes.scalars(measured) == {"fine": 0.5}


def test_the_mean_change_and_the_mean_size() -> None:
    # (1 + 3 + 0 + 4) / 4 and (1 + 2 + 0 + 5) / 4
    now, then = numbers(1, -2, 0, 5), numbers(2, 1, 0, 1)
    assert probes.mean_absolute_difference(now, then).item() == 2
    assert probes.mean_absolute(now).item() == 2


def test_the_means_of_nothing_are_0() -> None:
    nothing = torch.ones(2, 0)
    assert probes.mean_absolute(nothing).item() == 0
    assert probes.mean_absolute_difference(nothing, nothing).item() == 0


def test_one_element_is_enough() -> None:
    assert probes.relative_change(numbers(3), numbers(2)).item() == 0.5


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_added_in_float32(dtype: torch.dtype) -> None:
    # 4096 times 1 + 1: a half-precision sum would stop at 2048 or 256
    ones = torch.ones(64, 64, dtype=dtype)
    measured = probes.mean_absolute_difference(ones, -ones)
    assert (measured.dtype, measured.item()) == (torch.float32, 2)


def test_float64_is_added_in_float64() -> None:
    tiny = torch.tensor([1 + 1e-12], dtype=torch.float64)
    change = probes.relative_change(tiny, torch.ones(1, dtype=torch.float64))
    assert change.item() == pytest.approx(1e-12, rel=1e-3)


def test_features_of_two_shapes_are_not_compared() -> None:
    message = "features must be of one shape, got [2] and [3]"
    with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
        probes.relative_change(numbers(1, 2), numbers(1, 2, 3))


def test_the_motion_of_a_feature_is_its_change_between_frames() -> None:
    # Frames of 1 token, width 1. Sample 0: 1 + 2 over (2 + 4) + (1 + 2).
    # Sample 1 stands still: 0 over 4.
    feature = torch.tensor([[[1.0], [2.0], [4.0]], [[1.0], [1.0], [1.0]]])
    assert probes.feature_motion(feature, 1).item() == pytest.approx(3 / 13)


def test_frames_of_several_tokens_are_compared_token_by_token() -> None:
    # Frames (1, 10) and (2, 30): 1 + 20 over 3 + 40
    feature = torch.tensor([[[1.0], [10.0], [2.0], [30.0]]])
    assert probes.feature_motion(feature, 2).item() == pytest.approx(21 / 43)


def test_one_frame_does_not_move_nor_do_zeros() -> None:
    one, still = torch.ones(1, 4, 2), torch.zeros(1, 4, 2)
    measured = {"one": probes.feature_motion(one, 4), "still": probes.feature_motion(still, 2)}
    assert probes.scalars(measured) == {}


@pytest.mark.parametrize("count", [0, 3, 5])
def test_frames_must_be_whole(count: int) -> None:
    message = f"count must divide the site's 4 tokens, got {count}"
    with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
        probes.feature_motion(torch.ones(1, 4, 2), count)


def test_the_gram_is_the_inner_products_of_a_historys_features_newest_first() -> None:
    history = FeatureHistory(1, 3)
    for call, values in enumerate([(9.0, 9.0, 9.0), (1.0, 0.0, 2.0), (3.0, 1.0, -1.0)]):
        history.begin(call)
        history.write(0, torch.tensor(values))
        history.commit()
    # newest (3, 1, -1), before it (1, 0, 2): 11, 1, 5
    gram = probes.scalars(probes.gram(history.newest(0, 2)))
    assert gram == {"gram.0.0": 11, "gram.0.1": 1, "gram.1.1": 5}


def test_the_gram_has_float64_digits() -> None:
    # 1e8 + 1 needs 27 bits; float32 has 24
    gram = probes.gram([numbers(1e4, 1)])
    assert gram["gram.0.0"].item() == 1e8 + 1


def test_the_gram_of_nothing_is_nothing() -> None:
    assert probes.scalars(probes.gram([])) == {}


def test_nothing_measured_is_no_numbers() -> None:
    assert probes.scalars({}) == {}
