from __future__ import annotations

from pathlib import Path

import onnx
import pytest
import torch
from conftest import network_inputs

from forecache_demo_model.classifier import Classifier
from forecache_demo_model.classifier_to_onnx import build_classifier
from forecache_demo_model.composed import ComposedNetwork, OnnxModule
from forecache_demo_model.dit import DiT
from forecache_demo_model.dit_to_onnx import build_segments
from forecache_demo_model.export_onnx import (
    TOLERANCE,
    check_against_torch,
    relative_difference,
    write_graphs,
)


@pytest.fixture
def classifier() -> Classifier:
    """A classifier with batch statistics away from their neutral start."""
    model = Classifier(seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        model(torch.rand(8, 1, 28, 28, generator=generator) * 2 - 1)
    return model.eval().requires_grad_(False)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_every_segment_equals_its_torch_module(tiny: DiT, batch: int) -> None:
    x, t, y = network_inputs(batch)
    config = tiny.config
    generator = torch.Generator().manual_seed(6)
    values = {
        "x": x,
        "t": t,
        "y": y,
        "hidden": torch.randn(batch, config.tokens, config.width, generator=generator),
        "conditioning": torch.randn(batch, config.width, generator=generator),
        "shift": torch.randn(batch, config.width, generator=generator),
        "scale": torch.randn(batch, config.width, generator=generator),
    }
    modules = tiny.segments()
    for name, segment in build_segments(tiny).items():
        inputs = {spec.name: values[spec.name] for spec in segment.inputs}
        outputs = OnnxModule(segment.content)(**inputs)
        expected = modules[name](*inputs.values())
        expected = expected if isinstance(expected, tuple) else (expected,)
        for spec, actual, wanted in zip(segment.outputs, outputs, expected, strict=True):
            assert actual.shape == (batch, *spec.shape[1:]), name
            assert relative_difference(actual, wanted) < TOLERANCE, name


def test_composed_segments_equal_forward(tiny: DiT) -> None:
    contents = {name: segment.content for name, segment in build_segments(tiny).items()}
    composed = ComposedNetwork(contents)
    for batch in (1, 2, 5):
        inputs = network_inputs(batch)
        assert relative_difference(composed(*inputs), tiny(*inputs)) < TOLERANCE


def test_classifier_graph_equals_torch(classifier: Classifier) -> None:
    graph = build_classifier(classifier)
    assert len(graph.content) < 400_000
    image = torch.rand(3, 1, 28, 28) * 2 - 1
    outputs = OnnxModule(graph.content)(image=image)
    for actual, expected in zip(outputs, classifier(image), strict=True):
        assert relative_difference(actual, expected) < TOLERANCE


def test_export_gives_the_same_bytes_every_time(tiny: DiT) -> None:
    assert build_segments(tiny) == build_segments(tiny)


def test_graphs_hold_nothing_but_the_network(tiny: DiT) -> None:
    for segment in build_segments(tiny).values():
        model = onnx.load_from_string(segment.content)
        assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 18)]
        assert not model.metadata_props
        assert all(not node.doc_string and not node.metadata_props for node in model.graph.node)


def test_check_accepts_the_written_files(tiny: DiT, classifier: Classifier, tmp_path: Path) -> None:
    write_graphs(tmp_path, build_segments(tiny) | {"classifier": build_classifier(classifier)})
    check = check_against_torch(tmp_path, tiny, classifier)
    assert check["network"] < TOLERANCE
    assert check["classifier"] < TOLERANCE


def test_check_refuses_files_of_another_network(
    tiny: DiT, classifier: Classifier, tmp_path: Path
) -> None:
    write_graphs(tmp_path, build_segments(tiny) | {"classifier": build_classifier(classifier)})
    tiny.mlp[1].project.bias[0] += 0.1
    with pytest.raises(RuntimeError, match="exported network differs from torch by"):
        check_against_torch(tmp_path, tiny, classifier)


def test_check_refuses_nan(tiny: DiT, classifier: Classifier, tmp_path: Path) -> None:
    tiny.head.project.bias[0] = float("nan")
    write_graphs(tmp_path, build_segments(tiny) | {"classifier": build_classifier(classifier)})
    with pytest.raises(RuntimeError, match="exported network differs from torch by"):
        check_against_torch(tmp_path, tiny, classifier)
