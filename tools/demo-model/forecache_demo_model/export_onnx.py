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

from .check_export import check_against_torch
from .checkpoint import CHECKPOINT_FILE, load_average
from .classifier import FEATURE_SIZE, load_classifier
from .classifier_to_onnx import build_classifier
from .dit_to_onnx import BY_TOKEN, build_segments, build_segments_by_token
from .fashion_mnist import DATASET_ROOT
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


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.set_num_threads(args.threads)
    network, options, step = load_average(args.dit / CHECKPOINT_FILE)
    classifier, classifier_facts = load_classifier(args.classifier / CLASSIFIER_FILE)
    segments, by_token = build_segments(network), build_segments_by_token(network)
    judge = build_classifier(classifier)
    args.out.mkdir(parents=True, exist_ok=True)
    write_graphs(args.out, segments | {"classifier": judge})
    write_graphs(args.out, {name + BY_TOKEN: graph for name, graph in by_token.items()})
    shutil.copyfile(args.dit / LOG_FILE, args.out / LOG_FILE)
    shutil.copyfile(args.classifier / LOG_FILE, args.out / f"classifier-{LOG_FILE}")
    reference = reference_statistics(classifier, args.data_root)
    write_json(args.out / REFERENCE_FILE, reference)
    check = check_against_torch(args.out, network, classifier)
    manifest = describe_network(network.config, segments, by_token, args.guidance) | {
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
    graphs = f"{len(segments)} segments, {len(by_token)} of them by token too, and the classifier"
    print(f"step {step}: {graphs}, largest difference {check}")


def write_graphs(folder: Path, graphs: Mapping[str, OnnxSegment]) -> None:
    for name, graph in graphs.items():
        (folder / f"{name}.onnx").write_bytes(graph.content)


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
