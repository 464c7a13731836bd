"""From a node's widgets to a model that is forecast."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from forecache.plan import PlanSource
from forecache_comfyui.attachment import attach
from forecache_comfyui.nodes.comfy_server import send_text
from forecache_comfyui.nodes.live_text import LiveText
from forecache_comfyui.settings import compile_node_settings

logger = logging.getLogger("forecache")


def attach_node(
    model: Any,
    policy: str,
    options: Mapping[str, object],
    source: PlanSource,
    *,
    node_id: str | None,
    **given: Any,
) -> Any:
    """A clone of the model with forecache on it, watched by the node.

    given: `percents` and what else `compile_node_settings` takes. Raises ForecacheError naming
    value and rule.
    """
    settings = compile_node_settings(policy, options, source, **given)
    return attach(model, settings, LiveText(node_id), node_id)


def pass_through(model: Any, policy: str, interval: int, node_id: str | None) -> Any:
    """The model as it came, and a word that nothing will be skipped."""
    reason = "policy off" if policy == "off" else f"interval {interval}"
    logger.info("forecache: off (%s): the model passes through as it is", reason)
    if node_id is not None:
        send_text(f"off ({reason})", node_id)
    return model
