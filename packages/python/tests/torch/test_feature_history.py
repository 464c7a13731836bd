"""The ring of true features: what is stored when, and what a wrong use answers."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager

import pytest
import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.torch import FeatureHistory, cache_bytes

SHAPE = (2, 3, 4)


def feature(value: float) -> Tensor:
    return torch.full(SHAPE, float(value))


def history_of(*calls: int, sites: int = 1, slots: int = 3) -> FeatureHistory:
    """Site s of call c holds 10 c + s everywhere."""
    history = FeatureHistory(sites, slots)
    for call in calls:
        store(history, call)
    return history


def store(history: FeatureHistory, call: int) -> None:
    history.begin(call)
    for site in range(history.sites):
        history.write(site, feature(10 * call + site))
    history.commit()


def test_positions_are_the_newest_calls_newest_first() -> None:
    assert history_of(0, 1, 4, 9, 14).positions == (14, 9, 4)


def test_an_empty_history_has_no_positions_and_no_memory() -> None:
    history = FeatureHistory(2, 3)
    assert (history.positions, history.byte_length) == ((), 0)


@pytest.mark.parametrize("calls", [(0,), (0, 1), (0, 1, 4), (0, 1, 4, 9), (0, 1, 4, 9, 14)])
def test_every_age_reads_its_own_call_however_far_the_ring_has_turned(
    calls: tuple[int, ...],
) -> None:
    history = history_of(*calls, sites=2)
    for age, call in enumerate(history.positions):
        weights = [0.0] * age + [1.0]
        assert torch.equal(history.forecast(1, weights), feature(10 * call + 1))


def test_the_oldest_call_is_gone_as_soon_as_a_write_begins() -> None:
    history = history_of(0, 1, 2)
    history.begin(3)
    assert list(history.positions) == [2, 1]


def test_a_call_that_is_being_written_is_not_read() -> None:
    history = history_of(0, 1, 2)
    history.begin(3)
    history.write(0, feature(float("nan")))
    assert torch.equal(history.forecast(0, [2, -1]), feature(2 * 20 - 10))


def test_an_aborted_write_leaves_the_newer_calls_and_the_slot_is_used_again() -> None:
    history = history_of(0, 1, 2)
    history.begin(3)
    history.write(0, feature(float("nan")))
    history.abort()
    assert list(history.positions) == [2, 1]
    store(history, 4)
    assert list(history.positions) == [4, 2, 1]
    assert torch.equal(history.forecast(0, [0, 0, 1]), feature(10))


def test_a_history_of_one_slot_is_the_newest_feature() -> None:
    history = history_of(0, 5, slots=1)
    assert history.positions == (5,)
    assert torch.equal(history.forecast(0, [1.0]), feature(50))


def test_two_histories_in_turn_do_not_mix() -> None:
    left, right = FeatureHistory(1, 2), FeatureHistory(1, 2)
    for call in (0, 1):
        store(left, call)
        store(right, call + 7)
    assert torch.equal(left.forecast(0, [1, 1]), feature(10))
    assert torch.equal(right.forecast(0, [1, 1]), feature(150))


def test_features_are_copies_the_model_may_overwrite_its_own() -> None:
    history = FeatureHistory(1, 1)
    own = feature(1)
    history.begin(0)
    history.write(0, own)
    history.commit()
    own.fill_(5)
    assert torch.equal(history.forecast(0, [1.0]), feature(1))


def test_a_forecast_is_a_tensor_of_its_own_that_may_be_overwritten() -> None:
    history = history_of(0)
    history.forecast(0, [1.0]).fill_(9)
    assert torch.equal(history.forecast(0, [1.0]), feature(0))


def test_the_memory_is_allocated_at_the_first_write_and_stays_where_it_is() -> None:
    history = history_of(0)
    address = history.newest(0, 1)[0].untyped_storage().data_ptr()
    for call in range(1, 8):
        store(history, call)
        assert history.newest(0, 1)[0].untyped_storage().data_ptr() == address


def test_reset_forgets_all_and_lets_another_shape_in() -> None:
    history = history_of(0, 1)
    history.reset()
    assert (history.positions, history.byte_length) == ((), 0)
    history.begin(0)
    history.write(0, torch.ones(5))
    history.commit()
    assert torch.equal(history.forecast(0, [2.0]), torch.full((5,), 2.0))


def test_the_newest_features_are_listed_newest_first() -> None:
    newest = history_of(0, 1, 2, 3).newest(0, 2)
    assert [part.max().item() for part in newest] == [30, 20]


def test_writes_and_forecasts_work_in_and_out_of_inference_mode() -> None:
    history = FeatureHistory(1, 2)
    with torch.inference_mode():
        store(history, 0)
    store(history, 1)
    with torch.inference_mode():
        store(history, 2)
    assert torch.equal(history.forecast(0, [2.0, -1.0]), feature(30))


def test_a_model_that_records_gradients_leaves_no_graph_in_the_history() -> None:
    history = FeatureHistory(1, 1)
    history.begin(0)
    history.write(0, feature(1).requires_grad_() * 2)
    history.commit()
    assert not history.forecast(0, [1.0]).requires_grad


def test_features_of_the_same_shape_dtype_and_device_fit() -> None:
    history = history_of(0)
    assert history.fits(feature(1))
    assert not history.fits(torch.ones(2, 3, 5))
    assert not history.fits(feature(1).half())
    assert not history.fits(torch.ones(SHAPE, device="meta"))


def test_any_floating_point_feature_fits_an_empty_history() -> None:
    assert FeatureHistory(1, 1).fits(torch.ones(7, dtype=torch.bfloat16))
    assert not FeatureHistory(1, 1).fits(torch.ones(7, dtype=torch.int64))


def test_a_history_of_another_dtype_converts_what_the_model_writes() -> None:
    history = FeatureHistory(1, 2, dtype=torch.bfloat16)
    history.begin(0)
    history.write(0, feature(1 + 2**-12))
    history.commit()
    assert history.byte_length == cache_bytes(1, 2, SHAPE, torch.bfloat16)
    assert torch.equal(history.forecast(0, [1.0]), feature(1))  # bfloat16 holds 8 bits of it


def raises(message: str) -> AbstractContextManager[object]:
    return pytest.raises(ForecacheError, match=f"^{re.escape(message)}$")


def test_options_out_of_bounds_are_named() -> None:
    with raises("sites must be an integer >= 1, got 0"):
        FeatureHistory(0, 1)
    with raises("slots must be an integer >= 1, got 0"):
        FeatureHistory(1, 0)
    with raises("dtype must be a floating-point dtype, got torch.int8"):
        FeatureHistory(1, 1, dtype=torch.int8)
    with raises("place must be device or host, got 'disk'"):
        FeatureHistory(1, 1, place="disk")  # type: ignore[arg-type] # what the test is about


def test_calls_must_rise() -> None:
    history = history_of(4)
    with raises("call_index must be an integer > 4, got 4"):
        history.begin(4)


def test_writes_do_not_nest() -> None:
    history = history_of(0)
    history.begin(1)
    with raises("call 1 is being written: commit or abort it before call 2"):
        history.begin(2)


def test_writing_and_committing_need_a_begin() -> None:
    history = FeatureHistory(1, 1)
    with raises("no call is being written: begin one before write"):
        history.write(0, feature(1))
    with raises("no call is being written: begin one before commit"):
        history.commit()


def test_a_commit_with_sites_missing_names_them() -> None:
    history = FeatureHistory(4, 1)
    history.begin(7)
    history.write(1, feature(1))
    history.write(1, feature(1))
    with raises("call 7 lacks the features of sites 0, 2, 3"):
        history.commit()
    assert history.positions == ()


def test_a_feature_of_another_kind_is_refused_and_changes_nothing() -> None:
    history = history_of(0)
    history.begin(1)
    with raises("feature must be [2, 3, 4] float32 on cpu, got [2, 3, 5] float32 on cpu"):
        history.write(0, torch.ones(2, 3, 5))
    with raises("feature must be [2, 3, 4] float32 on cpu, got [2, 3, 4] float16 on cpu"):
        history.write(0, feature(1).half())
    with raises("feature must be of a floating-point dtype, got torch.int64"):
        history.write(0, torch.ones(SHAPE, dtype=torch.int64))
    assert history.positions == (0,)


@pytest.mark.parametrize("site", [-1, 2])
def test_sites_are_counted_from_0(site: int) -> None:
    history = history_of(0, sites=2)
    with raises(f"site must be an integer in 0..1, got {site}"):
        history.forecast(site, [1.0])


def test_more_weights_than_features_are_refused() -> None:
    with raises("weights must be 1 to 2 numbers, one a stored feature, got 3"):
        history_of(0, 1).forecast(0, [1, 1, 1])
    with raises("weights must be 1 to 2 numbers, one a stored feature, got 0"):
        history_of(0, 1).forecast(0, [])


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(weight: float) -> None:
    with raises(f"weights must be finite, got ({weight},)"):
        history_of(0).forecast(0, [weight])
