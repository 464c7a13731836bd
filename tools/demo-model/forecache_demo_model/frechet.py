"""Fréchet distance between Gaussians fitted to classifier features (Heusel et al. 2017, eq. 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FeatureStatistics:
    """mean [F] and covariance [F, F] (divisor count - 1) of `count` feature vectors, in float64."""

    mean: np.ndarray
    covariance: np.ndarray
    count: int


def feature_statistics(features: np.ndarray) -> FeatureStatistics:
    """`features` is [count, F]."""
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features must be [count >= 2, size], got shape {features.shape}")
    values = features.astype(np.float64)
    covariance = np.cov(values, rowvar=False)
    return FeatureStatistics(values.mean(axis=0), (covariance + covariance.T) / 2, len(values))


def frechet_distance(a: FeatureStatistics, b: FeatureStatistics) -> float:
    """|mean_a - mean_b|² + tr(A + B - 2 (A B)^½), the squared 2-Wasserstein distance.

    tr (A B)^½ is taken as the sum of the roots of the eigenvalues of A^½ B A^½, which is symmetric.
    """
    root = _symmetric_root(a.covariance)
    eigenvalues = np.linalg.eigvalsh(root @ b.covariance @ root)
    cross = np.sqrt(np.clip(eigenvalues, 0.0, None)).sum()
    shift = np.square(a.mean - b.mean).sum()
    return float(shift + np.trace(a.covariance) + np.trace(b.covariance) - 2.0 * cross)


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    eigenvalues, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(eigenvalues, 0.0, None))) @ vectors.T
