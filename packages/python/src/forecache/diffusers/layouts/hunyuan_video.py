"""HunyuanVideo and FramePack: two-stream blocks, then blocks with attention and mlp side by side.

FramePack runs the frames that it has made already through the blocks too, before the new ones; its
head gets the new ones only, and only they are sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from forecache.diffusers.layouts.rows import conditioning_rows, timestep_rows
from forecache.hosting.gates.adaptive_norm import (
    conditioning_of_block,
    double_or_single_gates,
)
from forecache.hosting.layout import (
    IMAGE_TOKENS,
    BlockArguments,
    Branch,
    ModelLayout,
    Stage,
)
from forecache.hosting.selections import before_text, first, whole
from forecache.plan import Granularity

_RETURNS = ("hidden_states", "encoder_hidden_states")


def _double_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return Branch("attention", "attn", first), Branch("mlp", "ff", whole)


def _single_branches(_block: nn.Module) -> tuple[Branch, ...]:
    return (Branch("single", "proj_out", before_text),)


def _modulation(transformer: Any, arguments: Mapping[str, Any], timesteps: Tensor) -> Tensor:
    calls, batch = timesteps.shape[0], arguments["hidden_states"].shape[0]
    pooled = conditioning_rows(arguments["pooled_projections"], calls, batch)
    guidance = arguments.get("guidance")
    if guidance is not None:
        guidance = conditioning_rows(guidance, calls, batch)
    modulation: Tensor = transformer.time_text_embed(
        timestep_rows(timesteps, arguments), pooled, guidance
    )[0]
    return modulation


def _refusal(
    transformer: Any, _arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    replaces = transformer.config.image_condition_type == "token_replace"
    if granularity is Granularity.MODULE and replaces:
        return "token_replace (the first frame has gates of its own)"
    return None


HUNYUAN_VIDEO = ModelLayout(
    class_name="HunyuanVideoTransformer3DModel",
    stages=(
        Stage("transformer_blocks", returns=_RETURNS, branches=_double_branches),
        Stage("single_transformer_blocks", returns=_RETURNS, branches=_single_branches),
    ),
    head="norm_out",
    gates=double_or_single_gates,
    block_modulation=conditioning_of_block,
    modulation=_modulation,
    refusal=_refusal,
)


def _new_frames(hidden: Tensor, arguments: BlockArguments) -> Tensor:
    return hidden[:, -arguments[IMAGE_TOKENS] :]


def _of_new_frames(branch: Branch) -> Branch:
    def select(output: Any, arguments: BlockArguments) -> Tensor:
        return _new_frames(branch.select(output, arguments), arguments)

    return replace(branch, select=select)


def _stage_of_new_frames(stage: Stage) -> Stage:
    def branches(block: nn.Module) -> tuple[Branch, ...]:
        return tuple(_of_new_frames(branch) for branch in stage.branches(block))

    return replace(stage, branches=branches, image=_new_frames)


def _new_frame_tokens(transformer: Any, arguments: Mapping[str, Any]) -> int:
    frames, height, width = arguments["hidden_states"].shape[-3:]
    size, duration = transformer.config.patch_size, transformer.config.patch_size_t
    tokens: int = (frames // duration) * (height // size) * (width // size)
    return tokens


FRAMEPACK = replace(
    HUNYUAN_VIDEO,
    class_name="HunyuanVideoFramepackTransformer3DModel",
    stages=tuple(_stage_of_new_frames(stage) for stage in HUNYUAN_VIDEO.stages),
    image_tokens=_new_frame_tokens,
)
