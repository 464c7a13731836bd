"""The node with every setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comfy_api.latest import io

from forecache.errors import ForecacheError
from forecache_comfyui.nodes.advanced_inputs import (
    AUTO,
    DTYPES,
    MORE_POLICIES,
    PLACES,
    WIDGET_NAMES,
    advanced_inputs,
    sidecar_input,
)
from forecache_comfyui.nodes.attaching import attach_node, pass_through
from forecache_comfyui.nodes.inputs import (
    CATEGORY,
    decision_inputs,
    model_input,
    model_output,
    verbose_input,
)
from forecache_comfyui.nodes.option_text import parse_options
from forecache_comfyui.nodes.policies import ADVANCED, is_off, widget_options
from forecache_comfyui.nodes.sources import SidecarChoice, source_for


class ForecacheAdvanced(io.ComfyNode):  # type: ignore[misc] # ComfyUI has no types
    """MODEL to MODEL, with everything that a policy and the engine can be told."""

    @classmethod
    def define_schema(cls) -> Any:
        """What ComfyUI shows."""
        return io.Schema(
            node_id="ForecacheAdvanced",
            display_name="Forecache (Advanced)",
            category=CATEGORY,
            description="Forecache with every policy, the place and type of what is kept, and a "
            "sidecar of your choice.",
            inputs=[
                model_input(),
                *decision_inputs(ADVANCED, MORE_POLICIES),
                *advanced_inputs(),
                verbose_input(),
                sidecar_input(),
            ],
            outputs=[model_output()],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def execute(cls, model: Any, policy: str, interval: int, order: int, **widgets: Any) -> Any:
        """Attaches the policy; a policy that is off lets the model through.

        widgets: the other inputs by name; `sidecar` is absent where nothing is connected.
        """
        node_id = cls.hidden.unique_id
        if is_off(policy, interval):
            return io.NodeOutput(pass_through(model, policy, interval, node_id))
        granularity = widgets["granularity"]
        attached = attach_node(
            model,
            policy,
            {**widget_options(policy, interval, order), **policy_options(widgets)},
            source_for(widgets.get("sidecar") or SidecarChoice()),
            node_id=node_id,
            percents=(widgets["start_percent"], widgets["end_percent"]),
            granularity=None if granularity == AUTO else granularity,
            cache_dtype=_chosen("cache_dtype", DTYPES, widgets),
            cache_place=_chosen("cache_device", PLACES, widgets),
            verbose=widgets["verbose"],
        )
        return io.NodeOutput(attached)


def policy_options(widgets: Mapping[str, Any]) -> dict[str, object]:
    """The policy's options from the widgets that not every policy has. What stands at its default
    is not sent, so that a policy without it is not asked for it.
    """
    options = parse_options(widgets["options"], WIDGET_NAMES)
    if widgets["forecaster"] != "official":
        options["forecaster"] = widgets["forecaster"]
    for name in ("warmup", "tail"):
        if widgets[name] >= 0:
            options[name] = widgets[name]
    return options


def _chosen(name: str, known: Mapping[str, object], widgets: Mapping[str, Any]) -> object:
    value = widgets[name]
    if value not in known:
        raise ForecacheError(f"{name} must be one of {', '.join(known)}, got {value}")
    return known[value]
