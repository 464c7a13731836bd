"""How far forecasts are from the truth, measured where the truth is computed anyway."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import torch
from torch import Tensor

SAMPLE_SIZE = 4096
"""Most numbers of a feature that are compared."""

LEAST_STRIDE = 16
"""Of a small feature every 16th number, so that samples are little beside the history."""


class ForecastErrorMeter:
    """Relative L2 errors of the forecasts that a full call made unnecessary.

    Keeps a strided sample of the features of one group of sites. At a full call after forecasts,
    the weights of these are continued to the full call and applied to the samples: `next_weights`.
    Everything stays on the device until `take`.
    """

    def __init__(self) -> None:
        self._samples: deque[Tensor] = deque(maxlen=9)
        self._weights: list[tuple[float, ...]] = []
        self._errors: list[Tensor] = []

    def forecast(self, weights: tuple[float, ...]) -> None:
        """A call was forecast with these weights."""
        self._weights.append(weights)

    def full(self, feature: Tensor) -> None:
        """A call was computed and stored."""
        sample = _sample(feature)
        weights = next_weights(self._weights)
        is_comparable = weights and len(weights) <= len(self._samples)
        if is_comparable and all(each.shape == sample.shape for each in self._samples):
            pairs = zip(weights, self._samples, strict=False)
            forecast = torch.stack([weight * stored for weight, stored in pairs]).sum(0)
            self._errors.append(torch.linalg.vector_norm(forecast - sample) / sample.norm())
        self._samples.appendleft(sample)
        self._weights.clear()

    def take(self) -> list[float]:
        """The errors since the last time; one read from the device."""
        if not self._errors:
            return []
        values = torch.stack(self._errors).tolist()
        self._errors.clear()
        return [value for value in values if math.isfinite(value)]


def next_weights(made: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """The weights of the call after these consecutive ones, of one history.

    The weights of a polynomial forecast of order m are polynomials of degree m in the call index,
    so that m + 1 of them give the next exactly:
    `w(n) = sum_i (-1)^i C(d + 1, i + 1) w(n - 1 - i)` with d = min(m, made - 1).
    After fewer, the polynomial of lower degree.
    """
    if not made:
        return ()
    size = len(made[-1])
    recent = [weights for weights in reversed(made) if len(weights) == size]
    degree = min(size - 1, len(recent) - 1)
    factors = [(-1) ** i * math.comb(degree + 1, i + 1) for i in range(degree + 1)]
    return tuple(
        sum(factor * weights[j] for factor, weights in zip(factors, recent, strict=False))
        for j in range(size)
    )


def _sample(feature: Tensor) -> Tensor:
    """A copy: a view would keep the whole feature alive."""
    flat = feature.detach().reshape(-1)
    stride = max(LEAST_STRIDE, flat.numel() // SAMPLE_SIZE)
    return flat[::stride][:SAMPLE_SIZE].to(torch.float32, copy=True)
