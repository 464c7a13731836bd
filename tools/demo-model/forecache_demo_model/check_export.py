"""Exported files against torch: the same inputs through onnxruntime and through the modules."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from .classifier import Classifier
from .composed import ComposedNetwork, OnnxModule
from .dit import CLASS_COUNT, DiT
from .dit_to_onnx import BY_TOKEN
from .fashion_mnist import IMAGE_SIZE

TOLERANCE = 1e-4
"""Largest allowed difference from torch, as a part of the largest output."""

CHECKED_BATCHES = (1, 2, 5)


def check_against_torch(folder: Path, network: DiT, classifier: Classifier) -> dict[str, object]:
    """Compares the written files with the torch modules; raises when one is off by `TOLERANCE`."""
    composed = ComposedNetwork({name: folder / f"{name}.onnx" for name in network.segments()})
    judge = OnnxModule(folder / "classifier.onnx")
    generator = torch.Generator().manual_seed(0)
    size = network.config.image_size
    differences: dict[str, list[float]] = {"network": [], "classifier": []}
    for batch in CHECKED_BATCHES:
        x = torch.randn(batch, 1, size, size, generator=generator)
        t = torch.rand(batch, generator=generator)
        y = torch.randint(CLASS_COUNT + 1, (batch,), generator=generator)
        differences["network"].append(relative_difference(composed(x, t, y), network(x, t, y)))
        image = torch.rand(batch, 1, IMAGE_SIZE, IMAGE_SIZE, generator=generator) * 2.0 - 1.0
        for actual, expected in zip(judge(image=image), classifier(image), strict=True):
            differences["classifier"].append(relative_difference(actual, expected))
    differences["byToken"] = _by_token_differences(folder, network, generator)
    for name, values in differences.items():
        if not all(value <= TOLERANCE for value in values):
            raise RuntimeError(f"exported {name} differs from torch by {values}, over {TOLERANCE}")
    worst = {name: max(values) for name, values in differences.items()}
    return {"against": "torch", "batches": list(CHECKED_BATCHES), "tolerance": TOLERANCE, **worst}


def _by_token_differences(folder: Path, network: DiT, generator: torch.Generator) -> list[float]:
    """Of every output of every block's attention by token, with one, some and all tokens chosen."""
    config = network.config
    differences: list[float] = []
    for block, attention in enumerate(network.attention):
        exported = OnnxModule(folder / f"attention-{block:02}{BY_TOKEN}.onnx")
        for batch in CHECKED_BATCHES:
            hidden = torch.randn(batch, config.tokens, config.width, generator=generator)
            shift, scale = torch.randn(2, batch, config.width, generator=generator)
            for count in (1, config.tokens // 2, config.tokens):
                chosen = choose_at_random((batch, config.tokens, count), generator)
                inputs = {"hidden": hidden, "chosen": chosen, "shift": shift, "scale": scale}
                expected = attention.by_token(**inputs)
                for actual, wanted in zip(exported(**inputs), expected, strict=True):
                    differences.append(relative_difference(actual, wanted))
    return differences


def choose_at_random(sizes: tuple[int, int, int], generator: torch.Generator) -> Tensor:
    """sizes: B, T, K. Rows b * T + t of K tokens of each sample, rising; [B, K] int32."""
    batch, tokens, count = sizes
    order = torch.rand(batch, tokens, generator=generator).argsort(dim=1)[:, :count]
    rows = order.sort(dim=1).values + tokens * torch.arange(batch)[:, None]
    return rows.to(torch.int32)


def relative_difference(actual: Tensor, expected: Tensor) -> float:
    """max |actual - expected| / max |expected|; NaN stays NaN."""
    return ((actual - expected).abs().max() / expected.abs().max()).item()
