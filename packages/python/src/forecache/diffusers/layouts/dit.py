"""DiT as `DiTTransformer2DModel` (Peebles and Xie, 2023): each block embeds timestep and class.

That is why the modulation is the pair (timestep, class) and not an embedding: with weights of its
own a block may make something else of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import zero_gates
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn1", whole), Branch("mlp", "ff", whole)


def _pair(timesteps: Tensor, class_labels: Tensor) -> Tensor:
    # float32 holds every integer below 2^24 exactly: no class and no timestep is rounded.
    return torch.stack((timesteps.float(), class_labels.float()), dim=1)


def _modulation(_transformer: nn.Module, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    batch = arguments["hidden_states"].shape[0]
    labels = conditioning_rows(arguments["class_labels"], timesteps.shape[0], batch)
    return _pair(timestep_rows(timesteps, arguments), labels)


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    return _pair(arguments["timestep"], arguments["class_labels"])


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    embed = block.norm1.emb
    dtype = embed.timestep_embedder.linear_1.weight.dtype
    timesteps, labels = modulation[:, 0], modulation[:, 1].long()
    return zero_gates(block.norm1, embed(timesteps, labels, hidden_dtype=dtype))


DIT = ModelLayout(
    class_name="DiTTransformer2DModel",
    stages=(
        Stage("transformer_blocks", returns=("hidden_states",), branches=_branches, encoder=None),
    ),
    head="norm_out",
    gates=_gates,
    block_modulation=_block_modulation,
    modulation=_modulation,
)
