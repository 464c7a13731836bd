"""Distances between features, added in float64, as the probes of `plan.proto` define them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def mean_absolute(values: Tensor) -> float:
    """mean |x|"""
    return float(values.double().abs().mean())


def mean_absolute_difference(a: Tensor, b: Tensor) -> float:
    """mean |a - b|"""
    return float((a.double() - b.double()).abs().mean())


def relative_change(a: Tensor, b: Tensor) -> float:
    """mean |a - b| / mean |b|; NaN where b is all zeros and no ratio exists."""
    older = b.double()
    return float((a.double() - older).abs().mean() / _or_nan(older.abs().mean()))


def feature_motion(feature: Tensor, tokens_of_frame: int) -> float:
    """How much a feature `[batch, tokens, width]` moves from frame to frame.

    AdaCache's motion score (arXiv 2411.02397), stride 1: sum |C[f+1] - C[f]| / (sum |C[f+1]| + sum
    |C[f]|) over all samples and frames. NaN where all is zero.
    """
    frames = feature.double().reshape(feature.shape[0], -1, tokens_of_frame, feature.shape[-1])
    later, earlier = frames[:, 1:], frames[:, :-1]
    size = later.abs().sum() + earlier.abs().sum()
    return float((later - earlier).abs().sum() / _or_nan(size))


def gram(features: Sequence[Tensor]) -> Tensor:
    """Inner products of features, `[count, count]` in float64."""
    rows = torch.stack([feature.double().flatten() for feature in features])
    return rows @ rows.T


def _or_nan(divisor: Tensor) -> Tensor:
    return torch.where(divisor == 0, torch.nan, divisor)
