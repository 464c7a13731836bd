"""OmniGen2: one stream of text, reference pictures and image, all of which the head gets."""

from __future__ import annotations

from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import between_blocks
from forecache_comfyui.layouts.without_branches import no_branches, no_gates, no_modulation

OMNIGEN = ModelLayout(
    class_name="OmniGen2Transformer2DModel",
    stages=(Stage("layers", returns=("hidden_states",), branches=no_branches, encoder=None),),
    head="norm_out",
    gates=no_gates,
    block_modulation=no_modulation,
    timestep="timesteps",
    input="x",
    refusal=between_blocks,
)
