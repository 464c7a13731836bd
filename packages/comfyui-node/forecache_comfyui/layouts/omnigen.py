"""OmniGen2: one stream of text, reference pictures and image, all of which the head gets."""

from __future__ import annotations

from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks

OMNIGEN = ModelLayout(
    class_name="OmniGen2Transformer2DModel",
    stages=(Stage("layers", returns=("hidden_states",), encoder=None),),
    head="norm_out",
    timestep="timesteps",
    input="x",
    refusal=between_blocks,
)
