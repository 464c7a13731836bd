from __future__ import annotations

from pathlib import Path

import onnx
import pytest
import torch
from conftest import network_inputs

from forecache_demo_model.check_export import (
    TOLERANCE,
    check_against_torch,
    choose_at_random,
    relative_difference,
)
from forecache_demo_model.classifier import Classifier
from forecache_demo_model.classifier_to_onnx import build_classifier
from forecache_demo_model.composed import ComposedNetwork, OnnxModule
from forecache_demo_model.dit import DiT, DiTConfig
from forecache_demo_model.dit_to_onnx import BY_TOKEN, build_segments, build_segments_by_token
from forecache_demo_model.export_onnx import write_graphs
from forecache_demo_model.onnx_graph import OnnxSegment, TensorSpec


@pytest.fixture
def classifier() -> Classifier:
    """A classifier with batch statistics away from their neutral start."""
    model = Classifier(seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        model(torch.rand(8, 1, 28, 28, generator=generator) * 2 - 1)
    return model.eval().requires_grad_(False)


def shape_of(spec: TensorSpec, batch: int, chosen: int) -> tuple[int, ...]:
    return tuple({"B": batch, "K": chosen}.get(edge, edge) for edge in spec.shape)


def graphs_of(model: DiT, classifier: Classifier) -> dict[str, OnnxSegment]:
    """Every graph of a package, by the name of its file."""
    by_token = {name + BY_TOKEN: graph for name, graph in build_segments_by_token(model).items()}
    return build_segments(model) | by_token | {"classifier": build_classifier(classifier)}


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
            assert actual.shape == shape_of(spec, batch, config.tokens), name
            assert relative_difference(actual, wanted) < TOLERANCE, name


def attention_inputs(config: DiTConfig, batch: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    shift, scale = torch.randn(2, batch, config.width, generator=generator)
    hidden = torch.randn(batch, config.tokens, config.width, generator=generator)
    return {"hidden": hidden, "shift": shift, "scale": scale}


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("count", [1, 20, 49])
def test_attention_by_token_gives_the_rows_of_attention(tiny: DiT, batch: int, count: int) -> None:
    inputs = attention_inputs(tiny.config, batch)
    chosen = choose_at_random(
        (batch, tiny.config.tokens, count), torch.Generator().manual_seed(count)
    )
    for name, segment in build_segments_by_token(tiny).items():
        branch, _, _ = OnnxModule(segment.content)(chosen=chosen, **inputs)
        (whole,) = OnnxModule(build_segments(tiny)[name].content)(**inputs)
        rows = whole.flatten(0, 1)[chosen.long()]
        assert branch.shape == (batch, count, tiny.config.width)
        assert relative_difference(branch, rows) < 1e-6


def test_attention_by_token_measures_as_torch_does(tiny: DiT) -> None:
    inputs = attention_inputs(tiny.config, 2)
    inputs["chosen"] = torch.arange(98, dtype=torch.int32).reshape(2, 49)
    for segment, attention in zip(
        build_segments_by_token(tiny).values(), tiny.attention, strict=True
    ):
        outputs = OnnxModule(segment.content)(**inputs)
        expected = attention.by_token(**inputs)
        for actual, wanted in zip(outputs, expected, strict=True):
            assert relative_difference(actual, wanted) < 1e-6
        # What a query gives away sums to 1, so what 49 tokens receive on average does, too.
        assert torch.allclose(outputs[1].sum(dim=1), torch.ones(2), atol=1e-6)


@pytest.mark.parametrize("count", [1, 20])
def test_mlp_of_chosen_tokens_gives_the_rows_of_mlp(tiny: DiT, count: int) -> None:
    inputs = attention_inputs(tiny.config, 2)
    mlp = OnnxModule(build_segments(tiny)["mlp-01"].content)
    (whole,) = mlp(**inputs)
    (rows,) = mlp(**inputs | {"hidden": inputs["hidden"][:, 3 : 3 + count]})
    assert relative_difference(rows, whole[:, 3 : 3 + count]) < 1e-6


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
    assert build_segments_by_token(tiny) == build_segments_by_token(tiny)


def test_graphs_hold_nothing_but_the_network(tiny: DiT) -> None:
    for segment in (*build_segments(tiny).values(), *build_segments_by_token(tiny).values()):
        model = onnx.load_from_string(segment.content)
        assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 18)]
        assert not model.metadata_props
        assert all(not node.doc_string and not node.metadata_props for node in model.graph.node)


def test_check_accepts_the_written_files(tiny: DiT, classifier: Classifier, tmp_path: Path) -> None:
    write_graphs(tmp_path, graphs_of(tiny, classifier))
    check = check_against_torch(tmp_path, tiny, classifier)
    assert check["network"] < TOLERANCE
    assert check["classifier"] < TOLERANCE
    assert check["byToken"] < TOLERANCE


def test_check_refuses_files_of_another_network(
    tiny: DiT, classifier: Classifier, tmp_path: Path
) -> None:
    write_graphs(tmp_path, graphs_of(tiny, classifier))
    tiny.mlp[1].project.bias[0] += 0.1
    with pytest.raises(RuntimeError, match="exported network differs from torch by"):
        check_against_torch(tmp_path, tiny, classifier)


def test_check_refuses_another_attention_by_token(
    tiny: DiT, classifier: Classifier, tmp_path: Path
) -> None:
    graphs = graphs_of(tiny, classifier)
    # Block 1's in the place of block 0's; the whole attention files are right.
    graphs["attention-00-by-token"] = graphs["attention-01-by-token"]
    write_graphs(tmp_path, graphs)
    with pytest.raises(RuntimeError, match="exported byToken differs from torch by"):
        check_against_torch(tmp_path, tiny, classifier)


def test_check_refuses_nan(tiny: DiT, classifier: Classifier, tmp_path: Path) -> None:
    tiny.head.project.bias[0] = float("nan")
    write_graphs(tmp_path, graphs_of(tiny, classifier))
    with pytest.raises(RuntimeError, match="exported network differs from torch by"):
        check_against_torch(tmp_path, tiny, classifier)
