"""What a host measures for policies that decide call by call: `ProbeKind` of `plan.proto`.

Every measurement is a scalar tensor on the tensors' device: nothing waits until `scalars` reads all
of a call's measurements at once. Sums are float32 (pairwise, so large tensors lose nothing), inner
products float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.torch.chunks import even_slices
from forecache.torch.terms import accumulation_dtype

GRAM_ELEMENTS = 1 << 18
"""Elements of each feature that are widened to float64 at a time."""


def relative_change(now: Tensor, then: Tensor) -> Tensor:
    """`sum|now - then| / sum|then|`, TeaCache's delta. Not finite where `then` is all zeros.

    Measures `modulated-input-change`, `conditioning-change`, `first-blocks-change` and
    `feature-change`.
    """
    return _sum_absolute_difference(now, then) / _sum_absolute(then)


def mean_absolute_difference(now: Tensor, then: Tensor) -> Tensor:
    """`mean|now - then|`, 0 of nothing: `input-change`, `output-change` and `input-span`."""
    return _sum_absolute_difference(now, then) / max(1, now.numel())


def mean_absolute(values: Tensor) -> Tensor:
    """`mean|values|`, 0 of nothing: `output-size`."""
    return _sum_absolute(values) / max(1, values.numel())


def feature_motion(feature: Tensor, frame_tokens: int) -> Tensor:
    """How much a `[batch, tokens, width]` feature moves between frames of `frame_tokens` tokens.

    `sum|C[f+1] - C[f]| / (sum|C[f+1]| + sum|C[f]|)`: AdaCache's motion score (arXiv 2411.02397),
    stride 1. NaN for fewer than two frames. Raises ForecacheError for a frame that is not whole.
    """
    tokens = feature.shape[1]
    if frame_tokens < 1 or tokens % frame_tokens != 0:
        raise ForecacheError(f"count must divide the site's {tokens} tokens, got {frame_tokens}")
    pairs = [
        (sample[frame_tokens:], sample[: tokens - frame_tokens]) for sample in feature.unbind(0)
    ]
    difference = sum(_sum_absolute_difference(later, earlier) for later, earlier in pairs)
    magnitude = sum(_sum_absolute(later) + _sum_absolute(earlier) for later, earlier in pairs)
    return torch.as_tensor(difference) / torch.as_tensor(magnitude)


def gram(features: Sequence[Tensor]) -> dict[str, Tensor]:
    """Inner products of features, newest first: `gram.<i>.<j>` with i <= j, added in float64.

    Takes `FeatureHistory.newest`; nothing of no features. Measures `feature-gram`.
    """
    if not features:
        return {}
    flat = [feature.detach().reshape(-1) for feature in features]
    wide = torch.float32 if flat[0].device.type == "mps" else torch.float64  # MPS has no float64
    products = torch.zeros((len(flat), len(flat)), dtype=wide, device=flat[0].device)
    for start in range(0, flat[0].numel(), GRAM_ELEMENTS):
        rows = torch.stack([row[start : start + GRAM_ELEMENTS] for row in flat]).to(wide)
        products.addmm_(rows, rows.T)
    return {f"gram.{i}.{j}": products[i, j] for i in range(len(flat)) for j in range(i, len(flat))}


def scalars(measured: Mapping[str, Tensor]) -> dict[str, float]:
    """All measurements as numbers, waiting for the device once; those not finite are left out."""
    if not measured:
        return {}
    dtype = accumulation_dtype(*(value.dtype for value in measured.values()))
    values = torch.stack([value.to(dtype) for value in measured.values()]).tolist()
    named = zip(measured, values, strict=True)
    return {name: value for name, value in named if math.isfinite(value)}


def _sum_absolute_difference(now: Tensor, then: Tensor) -> Tensor:
    if now.shape != then.shape:
        raise ForecacheError(
            f"features must be of one shape, got {list(now.shape)} and {list(then.shape)}"
        )
    return _total(lambda a, b: (a - b).abs_(), now, then)


def _sum_absolute(values: Tensor) -> Tensor:
    return _total(torch.abs, values)


def _total(terms: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
    """The sum of `terms` over all elements, made in pieces that stay in the processor's cache."""
    flat = [tensor.detach().reshape(-1) for tensor in tensors]
    dtype = accumulation_dtype(*(tensor.dtype for tensor in tensors))
    pieces = even_slices(flat[0].numel(), 1, flat[0].device)
    sums = [terms(*(tensor[piece].to(dtype) for tensor in flat)).sum() for piece in pieces]
    return torch.stack(sums).sum() if sums else torch.zeros((), dtype=dtype, device=flat[0].device)
