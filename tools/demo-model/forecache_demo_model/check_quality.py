"""Judges the exported network at full compute: `python -m forecache_demo_model.check_quality`.

Draws 100 samples of each class with the shipped ONNX files and asks the shipped classifier. Needs
neither the checkpoint nor the data set. Fails when the chosen guidance misses the accuracy bar.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .composed import ComposedNetwork, OnnxModule
from .dit import CLASS_COUNT
from .fashion_mnist import CLASS_NAMES
from .frechet import FeatureStatistics, feature_statistics, frechet_distance
from .json_file import write_json
from .manifest import MANIFEST_FILE, PACKAGE_FOLDER
from .reference import load_reference
from .sampling import Network, cycling_labels, sample

ACCURACY_BAR = 0.95
QUALITY_FILE = "quality.json"
SHEET_FILE = "samples.png"
SHEET_COLUMNS = 10
SHEET_ZOOM = 2


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.set_num_threads(args.threads)
    model = args.package / "model"
    manifest = json.loads((model / MANIFEST_FILE).read_text())
    files = {name: model / segment["file"] for name, segment in manifest["segments"].items()}
    network = ComposedNetwork(files, args.threads)
    judge = OnnxModule(model / manifest["classifier"]["file"], args.threads)
    reference_file = model / manifest["reference"]["file"]
    reference = load_reference(reference_file)
    chosen, steps = manifest["sampler"]["guidance"], manifest["sampler"]["steps"]
    sweep = []
    for guidance in sorted({chosen, *args.guidance}):
        images = draw(network, args, guidance=guidance, steps=steps)
        result = {"guidance": guidance} | judge_samples(judge, images, reference)
        print(json.dumps(result), flush=True)
        sweep.append(result)
        if guidance == chosen:
            contact_sheet(images).save(args.package / SHEET_FILE, optimize=True)
    at_chosen = next(result for result in sweep if result["guidance"] == chosen)
    quality = {
        "samples": args.per_class * CLASS_COUNT,
        "seed": args.seed,
        "steps": steps,
        "trainedSteps": manifest["training"]["trainedSteps"],
        **at_chosen,
        "realImages": real_images(json.loads(reference_file.read_text())),
        "sweep": [
            {name: result[name] for name in ("guidance", "classAccuracy", "frechet")}
            for result in sweep
        ],
    }
    write_json(args.package / QUALITY_FILE, quality)
    if at_chosen["classAccuracy"] < ACCURACY_BAR:
        raise SystemExit(f"class accuracy {at_chosen['classAccuracy']} is under {ACCURACY_BAR}")


def draw(network: Network, args: argparse.Namespace, *, guidance: float, steps: int) -> Tensor:
    """`per_class` samples of every class, labels cycling; the same noise for every guidance."""
    generator = torch.Generator().manual_seed(args.seed)
    labels = cycling_labels(args.per_class * CLASS_COUNT)
    noise = torch.randn(len(labels), 1, 28, 28, generator=generator)
    chunks = zip(noise.split(args.batch), labels.split(args.batch), strict=True)
    return torch.cat([sample(network, x, y, guidance=guidance, steps=steps) for x, y in chunks])


def judge_samples(
    judge: OnnxModule, images: Tensor, reference: FeatureStatistics
) -> dict[str, object]:
    """Class accuracy, overall and per class, and the Fréchet distance to `reference`."""
    if not images.isfinite().all():
        raise ValueError("samples hold values that are not finite")
    logits, features = judge(image=images.clamp(-1.0, 1.0))
    labels = cycling_labels(len(images))
    hits = (logits.argmax(dim=1) == labels).double()
    per_class = {
        name: round(hits[labels == c].mean().item(), 4) for c, name in enumerate(CLASS_NAMES)
    }
    distance = frechet_distance(reference, feature_statistics(features.numpy()))
    return {
        "classAccuracy": round(hits.mean().item(), 4),
        "frechet": round(distance, 4),
        "accuracyByClass": per_class,
    }


def real_images(reference: dict) -> dict[str, float]:
    """The same two measures on as many real test images: what a perfect sampler would show."""
    return {
        "classAccuracy": reference["testAccuracy1000"],
        "frechet": reference["frechetTrainTest1000"],
    }


def contact_sheet(images: Tensor) -> Image.Image:
    """A row for each class, with up to ten of its samples."""
    columns, size = min(len(images) // CLASS_COUNT, SHEET_COLUMNS), images.shape[-1]
    shown = images[: columns * CLASS_COUNT, 0].reshape(columns, CLASS_COUNT, size, size)
    grid = shown.permute(1, 2, 0, 3)
    pixels = ((grid.clamp(-1.0, 1.0) + 1.0) * 127.5).round().to(torch.uint8).numpy()
    sheet = pixels.reshape(CLASS_COUNT * size, columns * size)
    return Image.fromarray(np.kron(sheet, np.ones((SHEET_ZOOM, SHEET_ZOOM), dtype=np.uint8)))


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--package", type=Path, default=PACKAGE_FOLDER)
    parser.add_argument(
        "--guidance",
        type=guidance_value,
        nargs="*",
        default=[],
        help="guidances to measure besides the manifest's",
    )
    parser.add_argument(
        "--per-class", type=int, default=100, help="samples of a class (default 100)"
    )
    parser.add_argument("--batch", type=int, default=50, help="samples drawn together (default 50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


def guidance_value(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"guidance must be a number >= 0, got {text}")
    return value


if __name__ == "__main__":
    main()
