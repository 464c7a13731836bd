"""What the segments of `dit.py` share as ONNX nodes: adaLN and the signatures around it."""

from __future__ import annotations

import numpy as np

from .dit import DiTConfig
from .onnx_graph import BATCH, GraphBuilder, TensorSpec


def modulate(graph: GraphBuilder, config: DiTConfig) -> str:
    """`dit.modulate` of the inputs `hidden`, `shift` and `scale`."""
    ones = graph.constant(np.ones(config.width, dtype=np.float32))
    normal = graph.op("LayerNormalization", "hidden", ones, axis=-1, epsilon=1e-6)
    factor = graph.op("Add", graph.unsqueeze("scale", 1), graph.scalar(1.0))
    return graph.op("Add", graph.op("Mul", normal, factor), graph.unsqueeze("shift", 1))


def tokens_spec(config: DiTConfig, name: str, count: int | str | None = None) -> TensorSpec:
    """[B, count, W]; count: default all tokens."""
    return TensorSpec(name, (BATCH, config.tokens if count is None else count, config.width))


def row_spec(config: DiTConfig, name: str) -> TensorSpec:
    return TensorSpec(name, (BATCH, config.width))


def shift_scale_specs(config: DiTConfig) -> tuple[TensorSpec, TensorSpec]:
    return row_spec(config, "shift"), row_spec(config, "scale")
