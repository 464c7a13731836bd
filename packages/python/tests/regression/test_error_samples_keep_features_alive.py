"""A strided view of a float32 feature kept up to nine whole features alive."""

from __future__ import annotations

import torch

from forecache.hosting.forecast_error import ForecastErrorMeter


def test_the_meter_keeps_its_sample_and_not_the_feature() -> None:
    meter = ForecastErrorMeter()
    meter.full(torch.randn(2, 64, 64))
    kept = sum(sample.untyped_storage().nbytes() for sample in meter._samples)
    assert kept == 4 * 512  # float32, every 16th of 8192 numbers
