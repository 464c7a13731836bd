"""`manifest.json`: what a host must know to run the exported files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .checkpoint import TrainingOptions
from .dit import NULL_CLASS, DiTConfig
from .dit_to_onnx import BY_TOKEN
from .fashion_mnist import CLASS_NAMES
from .flops import FORMULA, segment_flops
from .onnx_graph import OnnxSegment
from .train_dit import EMA_DECAY, GRADIENT_NORM_LIMIT, LABEL_DROPOUT, WARMUP_STEPS

PACKAGE_FOLDER = Path(__file__).parents[3] / "packages" / "demo-model"
"""Where the exported files ship, seen from a checkout of the repository."""

MANIFEST_FILE = "manifest.json"
REFERENCE_FILE = "reference-statistics.json"
SAMPLER_STEPS = 50
FINAL_LOSS_STEPS = 1_000


def describe_network(
    config: DiTConfig,
    segments: Mapping[str, OnnxSegment],
    by_token: Mapping[str, OnnxSegment],
    guidance: float,
) -> dict[str, object]:
    """The part of the manifest that the network decides. by_token: by the segment's name."""
    flops = segment_flops(config)
    described = {
        name: describe_graph(name, segment) | {"flopsPerSample": flops[name.split("-")[0]]}
        for name, segment in segments.items()
    }
    for name, graph in by_token.items():
        described[name]["byToken"] = describe_graph(name + BY_TOKEN, graph)
    size = config.image_size
    return {
        "id": "demo",
        "version": 1,
        "architecture": "dit-adaln-zero",
        "config": {
            "width": config.width,
            "depth": config.depth,
            "heads": config.heads,
            "patch": config.patch,
            "tokens": config.tokens,
            "imageSize": size,
            "frequencySize": config.frequency_size,
        },
        "sampler": {
            "process": "rectified-flow",
            "solver": "euler",
            "steps": SAMPLER_STEPS,
            "guidance": guidance,
        },
        "image": {"channels": 1, "height": size, "width": size, "range": [-1, 1]},
        "classNames": list(CLASS_NAMES),
        "nullClass": NULL_CLASS,
        "flopsPerSample": sum(entry["flopsPerSample"] for entry in described.values()),
        "flopsFormula": FORMULA,
        "segments": described,
    }


def describe_graph(name: str, graph: OnnxSegment) -> dict[str, object]:
    return {
        "file": f"{name}.onnx",
        "inputs": [spec.as_dict() for spec in graph.inputs],
        "outputs": [spec.as_dict() for spec in graph.outputs],
    }


def describe_training(
    options: TrainingOptions, step: int, log: list[dict[str, float]]
) -> dict[str, object]:
    """Facts of the run that made the weights; finalLoss is the mean over the last 1,000 steps."""
    seen = [entry for entry in log if entry["step"] <= step]
    last = [entry["loss"] for entry in seen if entry["step"] > step - FINAL_LOSS_STEPS]
    return {
        "dataset": "Fashion-MNIST, the 60,000 training images",
        "objective": "rectified flow, timesteps sigmoid(normal), mean squared velocity error",
        "optimiser": "AdamW, betas 0.9 0.99, weight decay 0.01",
        "schedule": f"linear warm-up over {WARMUP_STEPS} steps, then cosine to zero",
        "learningRate": options.lr,
        "gradientNormLimit": GRADIENT_NORM_LIMIT,
        "emaDecay": EMA_DECAY,
        "labelDropout": LABEL_DROPOUT,
        "seed": options.seed,
        "batch": options.batch,
        "steps": options.steps,
        "trainedSteps": step,
        "finalLoss": round(sum(last) / len(last), 5) if last else None,
        "seconds": seen[-1]["seconds"] if seen else None,
    }
