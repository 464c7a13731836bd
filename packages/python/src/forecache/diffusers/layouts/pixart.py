"""PixArt as `PixArtTransformer2DModel`: adaLN-single, text by cross-attention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import table_gates
from forecache.hosting.layout import BlockArguments, Branch, ModelLayout, Stage
from forecache.hosting.selections import whole


def _branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (
        Branch("attention", "attn1", whole),
        Branch("cross-attention", "attn2", whole),
        Branch("mlp", "ff", whole),
    )


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    calls, batch = timesteps.shape[0], arguments["hidden_states"].shape[0]
    sizes = {
        name: None if size is None else conditioning_rows(size, calls, batch)
        for name, size in (arguments.get("added_cond_kwargs") or {}).items()
    }
    modulation: Tensor = transformer.adaln_single(
        timestep_rows(timesteps, arguments),
        sizes,
        batch_size=calls * batch,
        hidden_dtype=transformer.pos_embed.proj.weight.dtype,
    )[0]
    return modulation


def _block_modulation(_block: nn.Module, arguments: BlockArguments) -> Tensor:
    # The model hands its blocks the embedding `[batch, 6 * width]` under this name.
    modulation: Tensor = arguments["timestep"]
    return modulation


def _gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    attention, mlp = table_gates(block.scale_shift_table, modulation)
    return attention, None, mlp


PIXART = ModelLayout(
    class_name="PixArtTransformer2DModel",
    stages=(Stage("transformer_blocks", returns=("hidden_states",), branches=_branches),),
    head="norm_out",
    gates=_gates,
    block_modulation=_block_modulation,
    modulation=_modulation,
)
