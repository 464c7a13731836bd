from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import write_idx

from forecache_demo_model.fashion_mnist import load_images
from forecache_demo_model.frechet import FeatureStatistics, feature_statistics, frechet_distance
from forecache_demo_model.reference import first_of_each_class


def test_reader_scales_pixels_to_plus_minus_one(tmp_path: Path) -> None:
    pixels = np.zeros((2, 28, 28))
    pixels[1, 0, 3] = 255
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", pixels)
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", np.array([7, 9]))
    images, labels = load_images("t10k", tmp_path)
    assert images.shape == (2, 1, 28, 28)
    assert images[0].eq(-1).all()
    assert images[1, 0, 0, 3] == 1
    assert torch.equal(labels, torch.tensor([7, 9]))


def test_reader_names_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte\.gz is missing: install"):
        load_images("train", tmp_path)


def test_reader_names_an_unknown_split() -> None:
    with pytest.raises(ValueError, match="split must be 'train' or 't10k', got 'test'"):
        load_images("test")


def test_reader_refuses_a_file_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    write_idx(path, np.zeros((2, 28, 28)))
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(content[:-1]))
    with pytest.raises(ValueError, match="declares 1568 bytes, holds 1567"):
        load_images("t10k", tmp_path)


def test_frechet_of_identical_sets_is_zero() -> None:
    features = np.random.default_rng(0).standard_normal((200, 8))
    statistics = feature_statistics(features)
    assert frechet_distance(statistics, statistics) == pytest.approx(0.0, abs=1e-9)


def test_frechet_of_a_shifted_set_is_the_squared_shift() -> None:
    features = np.random.default_rng(0).standard_normal((200, 8))
    # Moved by 2 in each of 8 directions: 8 * 2^2 = 32.
    moved = frechet_distance(feature_statistics(features), feature_statistics(features + 2))
    assert moved == pytest.approx(32.0)


def test_frechet_of_scaled_gaussians_is_the_difference_of_deviations() -> None:
    one = FeatureStatistics(np.zeros(3), np.eye(3), 10)
    # Deviations 1 and 3 in 3 directions: 3 * (3 - 1)^2 = 12.
    three = FeatureStatistics(np.zeros(3), 9 * np.eye(3), 10)
    assert frechet_distance(one, three) == pytest.approx(12.0)


def test_feature_statistics_needs_two_vectors() -> None:
    with pytest.raises(ValueError, match=r"features must be \[count >= 2, size\]"):
        feature_statistics(np.zeros((1, 4)))


def test_first_of_each_class_takes_them_class_by_class() -> None:
    labels = torch.tensor([1, 0, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9])
    assert first_of_each_class(labels, 1).tolist() == [1, 0, 4, 5, 6, 7, 8, 9, 10, 11]
