"""Stable Diffusion 3 and 3.5 as `OpenAISignatureMMDITWrapper`: two streams, text first."""

from __future__ import annotations

from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks

STABLE_DIFFUSION_3 = ModelLayout(
    class_name="OpenAISignatureMMDITWrapper",
    stages=(
        Stage(
            "joint_blocks",
            returns=("context", "x"),
            hidden="x",
            encoder="context",
            # A block hands its arguments on as they come.
            parameters=("context", "x"),
        ),
    ),
    head="final_layer",
    timestep="timesteps",
    input="x",
    refusal=between_blocks,
)
