"""The numbers that core's forecastWeights is held to, applied to features by FeatureHistory."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from forecache.torch import FeatureHistory

GOLDEN = Path(__file__).parents[3] / "core" / "golden" / "forecast-weights.json"
FLOAT32_ROUNDING = 2**-23  # of the largest term of a sum

if not GOLDEN.exists():  # a source distribution has no packages/core
    pytest.skip("the golden numbers are not here", allow_module_level=True)
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())["cases"]


def history_of(case: dict[str, Any], dtype: torch.dtype) -> FeatureHistory:
    history = FeatureHistory(1, case["slots"])
    for entry, feature in zip(case["history"], case["features"], strict=True):
        history.begin(entry["call"])
        history.write(0, torch.tensor(feature, dtype=dtype))
        history.commit()
    return history


def largest_term(case: dict[str, Any]) -> float:
    newest_first = reversed(case["features"])
    terms = zip(case["expected"]["weights"], newest_first, strict=False)
    sizes = (abs(weight * value) for weight, feature in terms for value in feature)
    return float(max(sizes))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_forecasts_are_those_of_core(case: dict[str, Any]) -> None:
    weights, wanted = case["expected"]["weights"], case["expected"]["forecast"]
    history = history_of(case, torch.float32)
    forecast = history.forecast(0, weights)
    error = (forecast.double() - torch.tensor(wanted, dtype=torch.float64)).abs().max().item()
    assert error <= len(weights) * FLOAT32_ROUNDING * largest_term(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_gated_sum_behind_gates_of_one_is_the_forecast(case: dict[str, Any]) -> None:
    features = torch.tensor(case["features"]).unsqueeze(1).unsqueeze(1)  # [calls, 1, 1, width]
    history = FeatureHistory(1, case["slots"])
    for entry, feature in zip(case["history"], features, strict=True):
        history.begin(entry["call"])
        history.write(0, feature)
        history.commit()
    base = torch.zeros_like(features[0])
    result = history.gated_sum(case["expected"]["weights"], [None], base)
    wanted = torch.tensor(case["expected"]["forecast"], dtype=torch.float64)
    error = (result.flatten().double() - wanted).abs().max().item()
    assert error <= len(case["expected"]["weights"]) * FLOAT32_ROUNDING * largest_term(case)


def authors_forecast(case: dict[str, Any]) -> Tensor:
    """TaylorSeer as its authors run it (eq. 10).

    At every full call a ladder of finite differences, each divided by the last gap; then
    `sum_i D_i k^i / i!`, k the positions since the newest full call.
    """
    order, grows_from = case["rule"]["order"], case["rule"].get("warmup", 1) - 1
    ladder: list[Tensor] = []
    before = math.nan
    for entry, numbers in zip(case["history"], case["features"], strict=True):
        level = torch.tensor(numbers, dtype=torch.float64)
        older = ladder if entry["call"] >= grows_from else []
        ladder = [level]
        for difference in older[:order]:
            level = (level - difference) / (entry["position"] - before)
            ladder.append(level)
        before = entry["position"]
    k = case["at"] - before
    taylor = [level * k**i / math.factorial(i) for i, level in enumerate(ladder)]
    return torch.stack(taylor).sum(0)


OFFICIAL = [
    case
    for case in CASES
    if case["rule"]["forecaster"] == "official" and case["rule"].get("growth") != "eager"
]


@pytest.mark.parametrize("case", OFFICIAL, ids=lambda case: case["title"])
def test_official_weights_are_the_authors_recursion(case: dict[str, Any]) -> None:
    forecast = history_of(case, torch.float64).forecast(0, case["expected"]["weights"])
    rounding = 1e-13 * largest_term(case)
    torch.testing.assert_close(forecast, authors_forecast(case), rtol=0, atol=rounding)


def test_every_forecaster_is_among_the_cases() -> None:
    forecasters = {case["rule"]["forecaster"] for case in CASES}
    assert forecasters == {"official", "newton", "hermite", "foca", "chebyshev"}
