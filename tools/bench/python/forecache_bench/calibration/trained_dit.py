"""The repository's trained network as a Diffusers model with the same weights.

`packages/demo-model` ships a class-conditional DiT as ONNX segments. `DiTTransformer2DModel` is the
same network written by others: the weights are read from the segments' initialisers, and what is
constant and differs (positions, the timestep's frequencies) is replaced.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from diffusers.models.embeddings import Timesteps
from diffusers.models.transformers.dit_transformer_2d import DiTTransformer2DModel
from onnx import numpy_helper
from torch import Tensor, nn

MODEL = Path(__file__).resolve().parents[5] / "packages" / "demo-model" / "model"

WIDTH, BLOCKS, HEADS, PATCH, SIZE, FREQUENCIES = 96, 8, 3, 4, 28, 128
NULL_CLASS = 10
"""Class of the branch without guidance."""


@torch.no_grad()
def trained_dit(folder: Path = MODEL) -> DiTTransformer2DModel:
    """The transformer in evaluation mode. Its timestep is 1000 t, its output the velocity."""
    model = DiTTransformer2DModel(
        num_attention_heads=HEADS,
        attention_head_dim=WIDTH // HEADS,
        in_channels=1,
        num_layers=BLOCKS,
        attention_bias=True,
        sample_size=SIZE,
        patch_size=PATCH,
        num_embeds_ada_norm=NULL_CLASS,
        norm_eps=1e-6,
    )
    embed, (rows, row_bias) = _weights(folder, "embed"), _weights(folder, "modulation")
    patch, position, frequencies, *timed, label = embed
    model.pos_embed.proj.weight.copy_(patch.T.reshape(WIDTH, 1, PATCH, PATCH))
    nn.init.zeros_(model.pos_embed.proj.bias)  # it is in the positions
    model.pos_embed.pos_embed.copy_(position[None])
    _assert_frequencies(frequencies)
    per_block = zip(rows.split(6 * WIDTH, dim=1), row_bias.split(6 * WIDTH), strict=True)
    *blocks, head = list(per_block)
    for index, block in enumerate(model.transformer_blocks):
        _load_condition(block.norm1.emb, timed, label)
        _load(block.norm1.linear, *blocks[index])
        _load_attention(block.attn1, _weights(folder, f"attention-{index:02}"))
        _load_mlp(block.ff.net, _weights(folder, f"mlp-{index:02}"))
    _load(model.proj_out_1, *head)
    _load(model.proj_out_2, *_weights(folder, "head"))
    return model.eval()


def composed(folder: Path, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
    """The velocity as the ONNX segments compute it, t in 0 .. 1."""
    hidden, condition = _run(folder, "embed", x=x, t=t, y=y)
    (rows,) = _run(folder, "modulation", conditioning=condition)
    for block in range(BLOCKS):
        for kind, first in ("attention", 0), ("mlp", 3):
            shift, scale, gate = rows[:, 6 * block + first : 6 * block + first + 3].unbind(1)
            (branch,) = _run(folder, f"{kind}-{block:02}", hidden=hidden, shift=shift, scale=scale)
            hidden = hidden + gate[:, None] * branch
    (velocity,) = _run(folder, "head", hidden=hidden, shift=rows[:, -2], scale=rows[:, -1])
    return velocity


def _run(folder: Path, segment: str, **inputs: Tensor) -> list[Tensor]:
    session = onnxruntime.InferenceSession(folder / f"{segment}.onnx")
    outputs = session.run(None, {name: np.asarray(value) for name, value in inputs.items()})
    return [torch.from_numpy(output) for output in outputs]


def _weights(folder: Path, segment: str) -> list[Tensor]:
    """The segment's float initialisers that are no scalars and no norm's ones, in graph order."""
    graph = onnx.load(folder / f"{segment}.onnx").graph
    norms = {node.input[1] for node in graph.node if node.op_type == "LayerNormalization"}
    arrays = [numpy_helper.to_array(each) for each in graph.initializer if each.name not in norms]
    return [
        torch.from_numpy(array.copy())
        for array in arrays
        if array.dtype == np.float32 and array.size > 1
    ]


def _load(linear: nn.Module, weight: Tensor, bias: Tensor) -> None:
    linear.weight.copy_(weight.T)
    linear.bias.copy_(bias)


def _load_condition(embedding: Any, timed: list[Tensor], label: Tensor) -> None:
    embedding.time_proj = Timesteps(FREQUENCIES, flip_sin_to_cos=True, downscale_freq_shift=0)
    embedding.timestep_embedder.linear_1 = nn.Linear(FREQUENCIES, WIDTH)
    _load(embedding.timestep_embedder.linear_1, *timed[:2])
    _load(embedding.timestep_embedder.linear_2, *timed[2:])
    embedding.class_embedder.embedding_table.weight.copy_(label)


def _load_attention(attention: Any, weights: list[Tensor]) -> None:
    # The segment's queries are divided by the root of a head's width already.
    factor = math.sqrt(WIDTH // HEADS)
    _load(attention.to_q, weights[0] * factor, weights[1] * factor)
    _load(attention.to_k, *weights[2:4])
    _load(attention.to_v, *weights[4:6])
    _load(attention.to_out[0], *weights[6:8])


def _load_mlp(layers: Any, weights: list[Tensor]) -> None:
    _load(layers[0].proj, *weights[:2])
    _load(layers[2], *weights[2:])


def _assert_frequencies(shipped: Tensor) -> None:
    """The timestep's features are a formula on both sides: they have to be the same one."""
    half = FREQUENCIES // 2
    formula = torch.exp(-math.log(10_000.0) * torch.arange(half) / half)
    if not torch.allclose(shipped[0], formula, rtol=1e-6, atol=0):
        raise ValueError("the segment's frequencies must be 10000^(-i / 64), they are others")
