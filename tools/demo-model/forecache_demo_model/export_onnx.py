"""Cuts the trained network into ONNX segments: `python -m forecache_demo_model.export_onnx`.

Writes the segments, the classifier, the feature statistics of the data set, the training logs and
`manifest.json`. Runs the written files with onnxruntime against torch and fails if they differ.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from .checkpoint import CHECKPOINT_FILE, load_average
from .classifier import FEATURE_SIZE, Classifier, load_classifier
from .classifier_to_onnx import build_classifier
from .composed import ComposedNetwork, OnnxModule
from .dit import CLASS_COUNT, DiT
from .dit_to_onnx import build_segments
from .fashion_mnist import DATASET_ROOT, IMAGE_SIZE
from .json_file import write_json
from .manifest import (
    MANIFEST_FILE,
    PACKAGE_FOLDER,
    REFERENCE_FILE,
    describe_graph,
    describe_network,
    describe_training,
)
from .onnx_graph import OnnxSegment
from .reference import reference_statistics
from .train_classifier import CLASSIFIER_FILE
from .train_dit import LOG_FILE, read_log

TOLERANCE = 1e-4
"""Largest allowed difference from torch, as a part of the largest output."""

CHECKED_BATCHES = (1, 2, 5)


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.set_num_threads(args.threads)
    network, options, step = load_average(args.dit / CHECKPOINT_FILE)
    classifier, classifier_facts = load_classifier(args.classifier / CLASSIFIER_FILE)
    segments = build_segments(network)
    judge = build_classifier(classifier)
    args.out.mkdir(parents=True, exist_ok=True)
    write_graphs(args.out, segments | {"classifier": judge})
    shutil.copyfile(args.dit / LOG_FILE, args.out / LOG_FILE)
    shutil.copyfile(args.classifier / LOG_FILE, args.out / f"classifier-{LOG_FILE}")
    reference = reference_statistics(classifier, args.data_root)
    write_json(args.out / REFERENCE_FILE, reference)
    check = check_against_torch(args.out, network, classifier)
    manifest = describe_network(network.config, segments, args.guidance) | {
        "classifier": describe_graph("classifier", judge) | classifier_facts,
        "reference": {
            "file": REFERENCE_FILE,
            "featureSize": FEATURE_SIZE,
            "count": reference["count"],
        },
        "training": describe_training(options, step, read_log(args.out / LOG_FILE)),
        "check": check,
    }
    write_json(args.out / MANIFEST_FILE, manifest)
    print(f"step {step}: {len(segments)} segments and the classifier, largest difference {check}")


def write_graphs(folder: Path, graphs: Mapping[str, OnnxSegment]) -> None:
    for name, graph in graphs.items():
        (folder / f"{name}.onnx").write_bytes(graph.content)


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
    for name, values in differences.items():
        if not all(value <= TOLERANCE for value in values):
            raise RuntimeError(f"exported {name} differs from torch by {values}, over {TOLERANCE}")
    worst = {name: max(values) for name, values in differences.items()}
    return {"against": "torch", "batches": list(CHECKED_BATCHES), "tolerance": TOLERANCE, **worst}


def relative_difference(actual: Tensor, expected: Tensor) -> float:
    """max |actual - expected| / max |expected|; NaN stays NaN."""
    return ((actual - expected).abs().max() / expected.abs().max()).item()


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--dit", type=Path, required=True, help="--out folder of train_dit")
    parser.add_argument(
        "--classifier", type=Path, required=True, help="--out folder of train_classifier"
    )
    parser.add_argument("--out", type=Path, default=PACKAGE_FOLDER / "model")
    parser.add_argument("--data-root", type=Path, default=DATASET_ROOT)
    parser.add_argument(
        "--guidance", type=float, default=2.0, help="guidance that hosts start from"
    )
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
