"""Feature statistics of the data set, against which samples are measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .classifier import FEATURE_SIZE, Classifier, classify
from .dit import CLASS_COUNT
from .fashion_mnist import load_images
from .frechet import FeatureStatistics, feature_statistics, frechet_distance

PER_CLASS = 100
"""Images of a class in the like-for-like baseline, as in the quality check."""


def reference_statistics(classifier: Classifier, data_root: Path) -> dict[str, object]:
    """Statistics of the 60,000 training images, and how far real test images are from them."""
    train_images, _ = load_images("train", data_root)
    test_images, test_labels = load_images("t10k", data_root)
    _, train_features = classify(classifier, train_images)
    predicted, test_features = classify(classifier, test_images)
    balanced = first_of_each_class(test_labels, PER_CLASS)
    reference = feature_statistics(train_features.numpy())
    agrees = (predicted[balanced] == test_labels[balanced]).double().mean().item()
    return {
        "source": "Fashion-MNIST, the 60,000 training images, classifier output 'features'",
        "featureSize": FEATURE_SIZE,
        "count": reference.count,
        "covarianceDivisor": "count - 1",
        "frechetTrainTest": _distance(reference, test_features.numpy()),
        "frechetTrainTest1000": _distance(reference, test_features[balanced].numpy()),
        "testAccuracy1000": agrees,
        "mean": reference.mean.tolist(),
        "covariance": reference.covariance.tolist(),
    }


def first_of_each_class(labels: Tensor, count: int) -> Tensor:
    """Indices of the first `count` images of every class, class by class."""
    return torch.cat([torch.nonzero(labels == c)[:count, 0] for c in range(CLASS_COUNT)])


def load_reference(path: Path) -> FeatureStatistics:
    content = json.loads(path.read_text())
    return FeatureStatistics(
        np.array(content["mean"]), np.array(content["covariance"]), content["count"]
    )


def _distance(reference: FeatureStatistics, features: np.ndarray) -> float:
    return round(frechet_distance(reference, feature_statistics(features)), 4)
