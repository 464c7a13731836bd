"""The attention branch as two ONNX graphs with the same weights: one for all tokens, one for some.

The second takes the rows of the tokens whose queries are computed, and answers the two measures by
which ToCa and DuCa choose tokens. Of all tokens it gives the first one's bits but takes 5 % longer
at batch 16 and 32, 9 % at batch 2 (onnxruntime 1.32 on one core; it computes every output, asked
for or not), which calls without token caching need not spend. It takes row numbers, as rows would
have to be normalised a second time: another 6 %.

Measured at batch 2, 16 and 32: three `Gemm` on [B * T, W] for query, key and value beat one
`MatMul` cut in three by 7 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .adaln_to_onnx import modulate, shift_scale_specs, tokens_spec
from .dit import Attention, DiTConfig
from .onnx_graph import BATCH, CHOSEN, GraphBuilder, OnnxSegment, TensorSpec


def build_attention(name: str, attention: Attention, config: DiTConfig) -> OnnxSegment:
    """`Attention.forward`."""
    graph = GraphBuilder()
    flat = graph.reshape(modulate(graph, config), (-1, config.width))
    queries = graph.reshape(
        _project_queries(graph, attention, flat), (-1, config.tokens, *_head_sizes(attention))
    )
    attended = _attend(graph, attention, queries=queries, flat=flat, tokens=config.tokens)
    graph.reshape(attended.branch, (-1, config.tokens, config.width), output="branch")
    inputs = tokens_spec(config, "hidden"), *shift_scale_specs(config)
    return graph.finish(name, inputs, (tokens_spec(config, "branch"),))


def build_attention_by_token(name: str, attention: Attention, config: DiTConfig) -> OnnxSegment:
    """`Attention.by_token`; `chosen` holds rows of the batch's tokens as one list, b * T + t."""
    graph = GraphBuilder()
    flat = graph.reshape(modulate(graph, config), (-1, config.width))
    asking = graph.reshape(graph.op("Gather", flat, "chosen", axis=0), (-1, config.width))
    batch_and_count = graph.op("Shape", "chosen")
    heads = graph.integers(*_head_sizes(attention))
    queries = graph.op(
        "Reshape",
        _project_queries(graph, attention, asking),
        graph.op("Concat", batch_and_count, heads, axis=0),
    )
    attended = _attend(graph, attention, queries=queries, flat=flat, tokens=config.tokens)
    shape = graph.op("Concat", batch_and_count, graph.integers(config.width), axis=0)
    graph.op("Reshape", attended.branch, shape, output="branch")

    by_key = graph.reshape(attended.weights, (0, -1, config.tokens))
    graph.op("ReduceMean", by_key, graph.integers(1), keepdims=0, output="influence")
    norms = graph.op("ReduceL2", attended.values, graph.integers(3), keepdims=0)
    graph.op("ReduceMean", norms, graph.integers(2), keepdims=0, output="value_norm")

    chosen = TensorSpec("chosen", (BATCH, CHOSEN), "int32")
    return graph.finish(
        name,
        (tokens_spec(config, "hidden"), chosen, *shift_scale_specs(config)),
        (
            tokens_spec(config, "branch", CHOSEN),
            TensorSpec("influence", (BATCH, config.tokens)),
            TensorSpec("value_norm", (BATCH, config.tokens)),
        ),
    )


@dataclass(frozen=True)
class _Attended:
    """branch: [B * K, W]. weights: [B, heads, K, T]. values: [B, T, heads, W / heads]."""

    branch: str
    weights: str
    values: str


def _attend(
    graph: GraphBuilder, attention: Attention, *, queries: str, flat: str, tokens: int
) -> _Attended:
    """queries: [B, K, heads, W / heads], scaled. flat: [B * T, W], what keys and values are of."""
    by_head = (-1, tokens, *_head_sizes(attention))
    query = graph.op("Transpose", queries, perm=[0, 2, 1, 3])
    keys = graph.reshape(_project(graph, attention, flat, part=1), by_head)
    key = graph.op("Transpose", keys, perm=[0, 2, 3, 1])
    values = graph.reshape(_project(graph, attention, flat, part=2), by_head)
    value = graph.op("Transpose", values, perm=[0, 2, 1, 3])
    weights = graph.op("Softmax", graph.op("MatMul", query, key), axis=-1)
    mixed = graph.op("Transpose", graph.op("MatMul", weights, value), perm=[0, 2, 1, 3])
    rows = graph.reshape(mixed, (-1, attention.project.in_features))
    return _Attended(graph.gemm(rows, attention.project), weights, values)


def _project_queries(graph: GraphBuilder, attention: Attention, flat: str) -> str:
    """Divided by the root of a head's width already, so that no node has to."""
    _, head_width = _head_sizes(attention)
    return _project(graph, attention, flat, part=0, factor=1.0 / math.sqrt(head_width))


def _project(
    graph: GraphBuilder, attention: Attention, flat: str, part: int, factor: float = 1.0
) -> str:
    """part: 0 query, 1 key, 2 value."""
    width = attention.project.in_features
    rows = slice(part * width, (part + 1) * width)
    weight, bias = attention.qkv.weight[rows] * factor, attention.qkv.bias[rows] * factor
    return graph.op("Gemm", flat, graph.weight(weight.T), graph.weight(bias))


def _head_sizes(attention: Attention) -> tuple[int, int]:
    """Heads, and the width of one."""
    return attention.heads, attention.project.in_features // attention.heads
