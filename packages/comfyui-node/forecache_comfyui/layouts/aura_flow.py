"""AuraFlow as aura's `MMDiT`: two-stream blocks, then one stream, text first."""

from __future__ import annotations

from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.call_refusals import only_hidden

AURA_FLOW = ModelLayout(
    class_name="MMDiT",
    stages=(
        Stage(
            "double_layers",
            returns=("c", "x"),
            hidden="x",
            encoder="c",
        ),
        Stage("single_layers", returns=("cx",), hidden="cx", encoder=None),
    ),
    head="final_linear",
    input="x",
    refusal=only_hidden("AuraFlow (its head is modulated before it is a module)"),
)
"""The last hidden state is modulated by the timestep already: that is what is kept."""
