"""The classifier as one ONNX graph, batch normalisation folded into the convolutions."""

from __future__ import annotations

from .classifier import FEATURE_SIZE, MAP_SIZE, Classifier
from .dit import CLASS_COUNT
from .fashion_mnist import IMAGE_SIZE
from .onnx_graph import BATCH, GraphBuilder, OnnxSegment, TensorSpec


def build_classifier(model: Classifier) -> OnnxSegment:
    """image -> logits, features."""
    graph = GraphBuilder()
    value = "image"
    for layer in model.body:
        weight, bias = (graph.weight(part) for part in layer.folded())
        stride = list(layer.conv.stride)
        convolved = graph.op("Conv", value, weight, bias, strides=stride, pads=[1, 1, 1, 1])
        value = graph.op("Relu", convolved)
    gathered = graph.gemm(graph.reshape(value, (-1, MAP_SIZE)), model.gather)
    features = graph.op("Relu", gathered, output="features")
    graph.gemm(features, model.decide, output="logits")
    image = TensorSpec("image", (BATCH, 1, IMAGE_SIZE, IMAGE_SIZE))
    outputs = (
        TensorSpec("logits", (BATCH, CLASS_COUNT)),
        TensorSpec("features", (BATCH, FEATURE_SIZE)),
    )
    return graph.finish("classifier", (image,), outputs)
