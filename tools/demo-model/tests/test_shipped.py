"""Properties of the files that ship in packages/demo-model/model."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
import torch
from conftest import network_inputs

from forecache_demo_model.check_quality import ACCURACY_BAR, QUALITY_FILE
from forecache_demo_model.composed import ComposedNetwork, OnnxModule
from forecache_demo_model.manifest import MANIFEST_FILE, PACKAGE_FOLDER
from forecache_demo_model.model_card import CARD_FILE, render
from forecache_demo_model.reference import load_reference
from forecache_demo_model.sampling import cycling_labels, sample

MODEL = PACKAGE_FOLDER / "model"
MAX_BYTES = 25_000_000
ELEMENT_TYPES = {
    "float32": onnx.TensorProto.FLOAT,
    "int32": onnx.TensorProto.INT32,
    "int64": onnx.TensorProto.INT64,
}


@pytest.fixture(scope="module")
def manifest() -> dict:
    return json.loads((MODEL / MANIFEST_FILE).read_text())


@pytest.fixture(scope="module")
def network(manifest: dict) -> ComposedNetwork:
    return ComposedNetwork(
        {name: MODEL / segment["file"] for name, segment in manifest["segments"].items()}
    )


def graphs_of(manifest: dict) -> list[dict]:
    segments = list(manifest["segments"].values())
    by_token = [segment["byToken"] for segment in segments if "byToken" in segment]
    return [*segments, *by_token, manifest["classifier"]]


def test_manifest_names_every_graph(manifest: dict) -> None:
    named = {graph["file"] for graph in graphs_of(manifest)}
    assert {path.name for path in MODEL.glob("*.onnx")} == named


def test_files_are_small(manifest: dict) -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) < MAX_BYTES
    assert (MODEL / manifest["classifier"]["file"]).stat().st_size < 400_000


def test_graphs_have_the_signatures_of_the_manifest(manifest: dict) -> None:
    for entry in graphs_of(manifest):
        graph = onnx.load(MODEL / entry["file"]).graph
        for declared, actual in ((entry["inputs"], graph.input), (entry["outputs"], graph.output)):
            assert [spec["name"] for spec in declared] == [value.name for value in actual]
            for spec, value in zip(declared, actual, strict=True):
                shape = [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
                assert shape == spec["shape"]
                assert value.type.tensor_type.elem_type == ELEMENT_TYPES[spec["dtype"]]


def test_every_attention_has_a_graph_by_token(manifest: dict) -> None:
    names = {name for name, segment in manifest["segments"].items() if "byToken" in segment}
    assert names == {name for name in manifest["segments"] if name.startswith("attention-")}


def test_network_is_finite_for_any_batch(network: ComposedNetwork) -> None:
    for batch in (1, 3):
        velocity = network(*network_inputs(batch))
        assert velocity.shape == (batch, 1, 28, 28)
        assert velocity.isfinite().all()


def test_a_sample_does_not_depend_on_its_batch(network: ComposedNetwork) -> None:
    x, t, y = network_inputs(3)
    alone = network(x[:1], t[:1], y[:1])
    assert torch.allclose(network(x, t, y)[:1], alone, atol=1e-4)


def test_samples_stay_near_the_image_range(network: ComposedNetwork, manifest: dict) -> None:
    noise, _, _ = network_inputs(10)
    guidance = manifest["sampler"]["guidance"]
    images = sample(network, noise, cycling_labels(10), guidance=guidance, steps=10)
    assert images.abs().max() < 3
    # Fashion-MNIST's own deviation is 0.71; a network that draws nothing stays near 0.
    assert images.std() > 0.3


def test_classifier_knows_most_samples(network: ComposedNetwork, manifest: dict) -> None:
    noise, _, _ = network_inputs(40)
    labels = cycling_labels(40)
    images = sample(network, noise, labels, guidance=manifest["sampler"]["guidance"], steps=20)
    judge = OnnxModule(MODEL / manifest["classifier"]["file"])
    logits, _ = judge(image=images.clamp(-1, 1))
    assert (logits.argmax(dim=1) == labels).double().mean() > 0.8


def test_reference_statistics_are_those_of_a_gaussian(manifest: dict) -> None:
    reference = load_reference(MODEL / manifest["reference"]["file"])
    size = manifest["reference"]["featureSize"]
    assert reference.mean.shape == (size,)
    assert reference.covariance.shape == (size, size)
    assert np.array_equal(reference.covariance, reference.covariance.T)
    assert np.linalg.eigvalsh(reference.covariance).min() > -1e-9


def test_check_against_torch_is_within_its_tolerance(manifest: dict) -> None:
    check = manifest["check"]
    worst = max(check["network"], check["classifier"], check["byToken"])
    assert worst <= check["tolerance"] == 1e-4


def test_training_reached_its_last_step(manifest: dict) -> None:
    assert manifest["training"]["trainedSteps"] == manifest["training"]["steps"]


def test_quality_is_that_of_the_shipped_weights(manifest: dict) -> None:
    quality = json.loads((PACKAGE_FOLDER / QUALITY_FILE).read_text())
    assert quality["trainedSteps"] == manifest["training"]["trainedSteps"]
    assert quality["guidance"] == manifest["sampler"]["guidance"]
    assert quality["classAccuracy"] >= ACCURACY_BAR


def test_model_card_tells_the_measured_numbers() -> None:
    assert (PACKAGE_FOLDER / CARD_FILE).read_text() == render(PACKAGE_FOLDER)
