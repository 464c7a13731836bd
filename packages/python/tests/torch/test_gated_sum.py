"""Forecasts and gated sums against the same sums in float64."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.torch import FeatureHistory, chunks
from forecache.torch.gated_sum import Gates

SITES, SLOTS, BATCH, TOKENS, WIDTH = 5, 3, 2, 7, 6
WEIGHTS = (2.5, -2.0, 0.5)
FLOAT32_ERROR = 1e-6  # of sums of 15 terms of size 1 to 10
HALF_ROUNDING = {torch.float16: 2**-11, torch.bfloat16: 2**-8}  # half a unit of the last place


def random_features(dtype: torch.dtype) -> Tensor:
    """`[slots, sites, batch, tokens, width]`, newest first."""
    generator = torch.Generator().manual_seed(3)
    shape = (SLOTS, SITES, BATCH, TOKENS, WIDTH)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def history_of(features: Tensor) -> FeatureHistory:
    history = FeatureHistory(features.shape[1], features.shape[0])
    for call, stored in enumerate(features.flip(0)):
        history.begin(call)
        for site, part in enumerate(stored):
            history.write(site, part)
        history.commit()
    return history


def random_gates(batch: int = BATCH) -> Tensor:
    return torch.randn((SITES, batch, WIDTH), generator=torch.Generator().manual_seed(4))


def base_of(dtype: torch.dtype) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.randn((BATCH, TOKENS, WIDTH), generator=generator).to(dtype)


def expected_forecasts(features: Tensor) -> Tensor:
    """`[sites, batch, tokens, width]` in float64."""
    weights = torch.tensor(WEIGHTS, dtype=torch.float64)
    forecasts: Tensor = torch.tensordot(weights, features.double(), dims=1)
    return forecasts


def expected_gated(features: Tensor, gates: Tensor, base: Tensor) -> Tensor:
    added: Tensor = (gates.double().unsqueeze(2) * expected_forecasts(features)).sum(0)
    return base.double() + added


@pytest.fixture(params=[1 << 19, 16], ids=["in one piece", "in small pieces"])
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "ELEMENTS_PER_THREAD", request.param)


@pytest.mark.usefixtures("_pieces")
class TestForecast:
    def test_is_the_weighted_sum_of_the_stored_features(self) -> None:
        features = random_features(torch.float32)
        forecast = history_of(features).forecast(2, WEIGHTS)
        wanted = expected_forecasts(features)[2].float()
        torch.testing.assert_close(forecast, wanted, rtol=0, atol=FLOAT32_ERROR)

    @pytest.mark.parametrize("dtype", HALF_ROUNDING)
    def test_of_half_precision_is_rounded_once(self, dtype: torch.dtype) -> None:
        features = random_features(dtype)
        forecast = history_of(features).forecast(2, WEIGHTS)
        assert forecast.dtype == dtype
        error = (forecast.double() - expected_forecasts(features)[2]).abs()
        allowed = HALF_ROUNDING[dtype] * forecast.double().abs() + FLOAT32_ERROR
        assert bool((error <= allowed).all())

    def test_of_a_float64_model_is_added_in_float64(self) -> None:
        features = random_features(torch.float64)
        forecast = history_of(features).forecast(2, WEIGHTS)
        torch.testing.assert_close(forecast, expected_forecasts(features)[2], rtol=0, atol=1e-14)

    def test_has_the_dtype_of_the_tensor_it_is_like(self) -> None:
        history = history_of(random_features(torch.bfloat16))
        assert history.forecast(0, [1.0], like=torch.ones(1)).dtype == torch.float32

    def test_is_written_into_the_tensor_it_is_given(self) -> None:
        features = random_features(torch.float32)
        out = torch.full((BATCH, TOKENS, WIDTH), float("nan"))
        assert history_of(features).forecast(1, [1.0], out=out) is out
        assert torch.equal(out, features[0, 1])

    def test_into_a_view_that_is_not_contiguous_is_refused(self) -> None:
        out = torch.ones(BATCH, WIDTH, TOKENS).transpose(1, 2)
        message = "out must be contiguous, of shape [2, 7, 6], got [2, 7, 6]"
        with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
            history_of(random_features(torch.float32)).forecast(0, [1.0], out=out)

    def test_of_no_elements_is_empty(self) -> None:
        features = torch.ones(1, 1, 2, 0, 3)
        assert history_of(features).forecast(0, [1.0]).shape == (2, 0, 3)

    def test_keeps_what_is_not_a_number(self) -> None:
        features = torch.tensor([[[1.0, float("nan"), float("inf"), -0.0]]])
        forecast = history_of(features).forecast(0, [1.0])
        assert torch.equal(forecast.isnan(), torch.tensor([False, True, False, False]))
        assert forecast[2] == float("inf")
        assert torch.signbit(forecast[3])


@pytest.mark.usefixtures("_pieces")
class TestGatedSum:
    @pytest.mark.parametrize("batch", [BATCH, 1])
    def test_adds_every_gated_forecast_to_the_base(self, batch: int) -> None:
        features, base = random_features(torch.float32), base_of(torch.float32)
        gates = random_gates(batch)
        result = history_of(features).gated_sum(WEIGHTS, gates, base)
        wanted = expected_gated(features, gates, base).float()
        torch.testing.assert_close(result, wanted, rtol=0, atol=10 * FLOAT32_ERROR)

    @pytest.mark.parametrize("dtype", HALF_ROUNDING)
    def test_of_half_precision_is_rounded_once(self, dtype: torch.dtype) -> None:
        features, base = random_features(dtype), base_of(dtype)
        gates = random_gates().to(dtype)
        result = history_of(features).gated_sum(WEIGHTS, gates, base)
        assert result.dtype == dtype
        error = (result.double() - expected_gated(features, gates, base)).abs()
        allowed = HALF_ROUNDING[dtype] * result.double().abs() + 10 * FLOAT32_ERROR
        assert bool((error <= allowed).all())

    def test_of_sites_without_gates_is_that_of_gates_of_one(self) -> None:
        history, base = history_of(random_features(torch.float32)), base_of(torch.float32)
        gates = random_gates()
        gates[1] = gates[3] = 1
        some: Gates = [gate if site not in (1, 3) else None for site, gate in enumerate(gates)]
        result = history.gated_sum(WEIGHTS, some, base)
        wanted = history.gated_sum(WEIGHTS, gates, base)
        torch.testing.assert_close(result, wanted, rtol=0, atol=10 * FLOAT32_ERROR)

    def test_of_gates_of_zero_is_the_base_in_a_tensor_of_its_own(self) -> None:
        history, base = history_of(random_features(torch.float32)), base_of(torch.float32)
        before = base.clone()
        result = history.gated_sum(WEIGHTS, torch.zeros(SITES, BATCH, WIDTH), base)
        assert torch.equal(result, before)
        result.fill_(9)
        assert torch.equal(base, before)

    def test_takes_a_base_that_is_not_contiguous(self) -> None:
        history, base = history_of(random_features(torch.float32)), base_of(torch.float32)
        strided = base.transpose(1, 2).contiguous().transpose(1, 2)
        wanted = history.gated_sum(WEIGHTS, random_gates(), base)
        assert torch.equal(history.gated_sum(WEIGHTS, random_gates(), strided), wanted)

    def test_of_no_tokens_is_empty(self) -> None:
        history = history_of(torch.ones(1, 1, 2, 0, 3))
        result = history.gated_sum([1.0], torch.ones(1, 2, 3), torch.ones(2, 0, 3))
        assert result.shape == (2, 0, 3)


@pytest.mark.parametrize(
    ("gates", "base", "message"),
    [
        (
            torch.ones(5, 2, 6),
            torch.ones(2, 8, 6),
            "base must be [2, 7, 6] on cpu, got [2, 8, 6] on cpu",
        ),
        (torch.ones(4, 2, 6), torch.ones(2, 7, 6), "gates must be one a site (5), got 4"),
        (torch.ones(5, 3, 6), torch.ones(2, 7, 6), "gates[0] must be [2, 6] or [1, 6], got [3, 6]"),
    ],
)
def test_gates_and_base_that_do_not_fit_are_named(
    gates: Tensor, base: Tensor, message: str
) -> None:
    history = history_of(random_features(torch.float32))
    with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
        history.gated_sum(WEIGHTS, gates, base)


def test_gates_need_features_of_batch_tokens_width() -> None:
    history = history_of(torch.ones(1, 1, 4))
    message = "gates need features of [batch, tokens, width], the history holds [4]"
    with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
        history.gated_sum([1.0], torch.ones(1, 1, 4), torch.ones(4))
