"""The commands of run.sh, one after the other, on a tiny network and a made-up data set."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import write_idx
from PIL import Image

from forecache_demo_model import check_quality, export_onnx, model_card, train_classifier, train_dit
from forecache_demo_model.dit import CONFIGS, DiT
from forecache_demo_model.model_card import parameter_count


@pytest.fixture(scope="module")
def data_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    for split in ("train", "t10k"):
        write_idx(root / f"{split}-images-idx3-ubyte.gz", random.integers(256, size=(40, 28, 28)))
        write_idx(root / f"{split}-labels-idx1-ubyte.gz", np.arange(40) % 10)
    return root


@pytest.fixture(scope="module")
def package(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What run.sh makes, in a folder of its own."""
    out = tmp_path_factory.mktemp("out")
    data = f"--data-root={data_root}"
    classifier, dit, package = (str(out / name) for name in ("classifier", "dit", "package"))
    train_classifier.main([data, "--out", classifier, "--epochs=1", "--batch=10"])
    small = ["--config=tiny", "--steps=3", "--batch=4", "--log-every=1", "--threads=1"]
    train_dit.main([data, "--out", dit, *small])
    model = str(Path(package) / "model")
    export_onnx.main([data, "--dit", dit, "--classifier", classifier, "--out", model])
    with pytest.raises(SystemExit, match=r"class accuracy .* is under 0.95"):
        check_quality.main(["--package", package, "--per-class=2", "--guidance", "1"])
    model_card.main(["--package", package])
    return Path(package)


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def test_package_is_complete(package: Path) -> None:
    assert {path.name for path in package.iterdir()} == {
        "MODEL_CARD.md",
        "model",
        "quality.json",
        "samples.png",
    }
    assert {path.name for path in (package / "model").iterdir()} == {
        "attention-00-by-token.onnx",
        "attention-00.onnx",
        "attention-01-by-token.onnx",
        "attention-01.onnx",
        "classifier-training-log.jsonl",
        "classifier.onnx",
        "embed.onnx",
        "head.onnx",
        "manifest.json",
        "mlp-00.onnx",
        "mlp-01.onnx",
        "modulation.onnx",
        "reference-statistics.json",
        "training-log.jsonl",
    }


def test_manifest_tells_the_training(package: Path) -> None:
    training = read(package / "model" / "manifest.json")["training"]
    log = train_dit.read_log(package / "model" / "training-log.jsonl")
    assert (training["steps"], training["trainedSteps"], training["batch"]) == (3, 3, 4)
    assert training["finalLoss"] == pytest.approx(sum(e["loss"] for e in log) / 3, abs=1e-5)


def test_manifest_flops_add_up(package: Path) -> None:
    manifest = read(package / "model" / "manifest.json")
    parts = [segment["flopsPerSample"] for segment in manifest["segments"].values()]
    assert manifest["flopsPerSample"] == sum(parts)


def test_quality_holds_the_sweep_and_the_chosen_guidance(package: Path) -> None:
    quality = read(package / "quality.json")
    assert [result["guidance"] for result in quality["sweep"]] == [1, 2]
    assert quality["guidance"] == 2
    assert quality["classAccuracy"] == quality["sweep"][1]["classAccuracy"]
    assert quality["samples"] == 20


def test_contact_sheet_has_a_row_for_each_class(package: Path) -> None:
    with Image.open(package / "samples.png") as sheet:
        # Two samples wide, ten classes high, 28 pixels doubled.
        assert sheet.size == (2 * 56, 10 * 56)


def test_judge_refuses_samples_that_are_not_finite(package: Path) -> None:
    images = torch.full((10, 1, 28, 28), float("nan"))
    judge = check_quality.OnnxModule(package / "model" / "classifier.onnx")
    reference = check_quality.load_reference(package / "model" / "reference-statistics.json")
    with pytest.raises(ValueError, match="not finite"):
        check_quality.judge_samples(judge, images, reference)


def test_model_card_counts_the_parameters(package: Path) -> None:
    config = read(package / "model" / "manifest.json")["config"]
    counted = sum(parameter.numel() for parameter in DiT(CONFIGS["tiny"]).parameters())
    assert parameter_count(config) == counted
    assert f"{counted:,} parameters" in (package / "MODEL_CARD.md").read_text()
