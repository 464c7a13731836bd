"""The node that most workflows need."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import io

from forecache_comfyui.nodes.attaching import attach_node, pass_through
from forecache_comfyui.nodes.inputs import (
    CATEGORY,
    decision_inputs,
    model_input,
    model_output,
    verbose_input,
)
from forecache_comfyui.nodes.policies import SIMPLE, is_off, widget_options
from forecache_comfyui.nodes.sources import SidecarChoice, source_for


class Forecache(io.ComfyNode):  # type: ignore[misc] # ComfyUI has no types
    """MODEL to MODEL, with one number that matters: the interval."""

    @classmethod
    def define_schema(cls) -> Any:
        """What ComfyUI shows."""
        return io.Schema(
            node_id="Forecache",
            display_name="Forecache",
            category=CATEGORY,
            description="Forecasts most evaluations of a diffusion transformer instead of "
            "computing them. Put it between the model (and its LoRAs) and the sampler.",
            inputs=[model_input(), *decision_inputs(SIMPLE), verbose_input()],
            outputs=[model_output()],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def execute(cls, model: Any, policy: str, interval: int, order: int, **widgets: Any) -> Any:
        """Attaches the policy; a policy that is off lets the model through.

        widgets: start_percent, end_percent and verbose.
        """
        node_id = cls.hidden.unique_id
        if is_off(policy, interval):
            return io.NodeOutput(pass_through(model, policy, interval, node_id))
        attached = attach_node(
            model,
            policy,
            widget_options(policy, interval, order),
            source_for(SidecarChoice()),
            node_id=node_id,
            percents=(widgets["start_percent"], widgets["end_percent"]),
            verbose=widgets["verbose"],
        )
        return io.NodeOutput(attached)
