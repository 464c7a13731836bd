"""Small stand-ins for the trained network, its data and a training run."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from forecache_demo_model.checkpoint import TrainingOptions
from forecache_demo_model.dit import CONFIGS, DiT

torch.set_num_threads(1)


@pytest.fixture
def tiny() -> DiT:
    """A tiny network whose zero-initialised layers are filled, so that every branch counts."""
    model = DiT(CONFIGS["tiny"], seed=3)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for layer in (model.modulation.project, model.head.project):
            for parameter in (layer.weight, layer.bias):
                parameter.normal_(std=0.3, generator=generator)
    return model.eval().requires_grad_(False)


@pytest.fixture
def data() -> tuple[Tensor, Tensor]:
    """Twenty noise images with cycling labels."""
    generator = torch.Generator().manual_seed(5)
    images = torch.rand(20, 1, 28, 28, generator=generator) * 2 - 1
    return images, torch.arange(20) % 10


@pytest.fixture
def options() -> TrainingOptions:
    return TrainingOptions(config="tiny", steps=6, batch=4)


def network_inputs(batch: int) -> tuple[Tensor, Tensor, Tensor]:
    """Random (x, t, y) of a batch; the same for the same batch size."""
    generator = torch.Generator().manual_seed(batch)
    x = torch.randn(batch, 1, 28, 28, generator=generator)
    t = torch.rand(batch, generator=generator)
    return x, t, torch.randint(11, (batch,), generator=generator)


def write_idx(path: Path, values: np.ndarray) -> None:
    """Writes bytes as Fashion-MNIST stores them."""
    header = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
    path.write_bytes(gzip.compress(header + values.astype(np.uint8).tobytes()))
