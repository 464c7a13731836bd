"""Inner products of recorded tensors, summed in float64."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

CHUNK = 2**16
"""Elements of each tensor that are summed at a time: the float64 copies stay small."""


def gram(tensors: Sequence[Tensor], scale: float = 1.0) -> Tensor:
    """`[n, n]` float64 on the host: `scale` times the inner products of n flat tensors.

    scale: `Elements.scale`, where the tensors are subsets.
    """
    size = len(tensors)
    total = torch.zeros(size, size, dtype=torch.float64)
    for start in range(0, tensors[0].numel(), CHUNK):
        rows = torch.stack([each[start : start + CHUNK].float() for each in tensors]).double()
        total += (rows @ rows.T).cpu()
    return total * scale


def triangle(matrix: Tensor) -> list[float]:
    """The upper triangle row by row, diagonal included, as the sidecar reads it."""
    size = matrix.shape[0]
    rows, columns = torch.triu_indices(size, size)
    return [float(value) for value in matrix[rows, columns].tolist()]


def gram_variance(tensors: Sequence[Tensor], total: int) -> Tensor:
    """`[n, n]` float64: the estimated variance of each entry of `gram(tensors, total / count)`.

    The tensors are the same `count` random elements of tensors of `total`. An entry is total times
    the mean of count products drawn without replacement (Cochran, Sampling Techniques, 1977,
    eq. 2.9 and 2.23): its variance is total² (1 - count / total) s² / count, s² the products'
    sample variance. 0 where nothing was left out.
    """
    count = tensors[0].numel()
    rows = torch.stack([each.float() for each in tensors]).double().cpu()
    squares = rows.square()
    sums, sums_of_squares = rows @ rows.T, squares @ squares.T
    # Σ (p - mean p)² = Σ p² - (Σ p)² / count; cancellation may leave a rounding below zero.
    spread = (sums_of_squares - sums.square() / count).clamp_min(0.0) / (count - 1)
    return spread * (total**2 * (1 - count / total) / count)
