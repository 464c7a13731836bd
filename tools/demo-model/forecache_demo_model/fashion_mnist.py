"""Fashion-MNIST from IDX files, as in Debian's package dataset-fashion-mnist."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import torch

DATASET_ROOT = Path("/usr/share/datasets/fashion-mnist")
CLASS_NAMES = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
IMAGE_SIZE = 28


def load_images(split: str, root: Path = DATASET_ROOT) -> tuple[torch.Tensor, torch.Tensor]:
    """Images as float32 [count, 1, 28, 28] in [-1, 1] and labels as int64 [count].

    `split` is `train` (60,000 images) or `t10k` (10,000 images).
    """
    if split not in ("train", "t10k"):
        raise ValueError(f"split must be 'train' or 't10k', got {split!r}")
    pixels = _read_idx(root / f"{split}-images-idx3-ubyte.gz")
    labels = _read_idx(root / f"{split}-labels-idx1-ubyte.gz")
    images = torch.from_numpy(pixels.astype(np.float32)).div_(127.5).sub_(1.0).unsqueeze(1)
    return images, torch.from_numpy(labels.astype(np.int64))


def _read_idx(path: Path) -> np.ndarray:
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: install Debian's package dataset-fashion-mnist, "
            "or pass --data-root with the four IDX files"
        )
    with gzip.open(path, "rb") as stream:
        content = stream.read()
    dimensions = content[3]
    shape = np.frombuffer(content, dtype=">u4", count=dimensions, offset=4)
    values = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * dimensions)
    if values.size != shape.prod():
        raise ValueError(f"{path} declares {shape.prod()} bytes, holds {values.size}")
    return values.reshape(shape)
