"""What the advanced node has on top of the plain one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from comfy_api.latest import io

from forecache.plan import Granularity

SIDECAR_TYPE = "FORECACHE_SIDECAR"
"""Of the wire from a Forecache Sidecar node."""

AUTO = "auto"
GRANULARITIES = (AUTO, *(each.value for each in sorted(Granularity, key=lambda each: each.value)))
FORECASTERS = ("official", "newton")

PLACES: Mapping[str, str] = {"model device": "device", "system memory": "host"}
DTYPES: Mapping[str, torch.dtype | None] = {
    "model": None,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}

WIDGET_NAMES = frozenset(
    {"interval", "order", "forecaster", "warmup", "tail", "granularity", "cache_dtype"}
)
"""Options that have a widget, and therefore no place in the options' text."""

MORE_POLICIES = (
    "\nteacache, magcache: repeat, with numbers fitted to a model (coefficients=, ratios=).\n"
    "adacache, first-block-cache, delta-dit: repeat what blocks add.\n"
    "These five need a known model class; teacache and adacache one that has module granularity."
)

_GRANULARITY = (
    "Where forecasts are made. auto: the policy's own, hidden instead of module.\n"
    "output: the model's result; nothing is computed, on any model. change: result minus input.\n"
    "hidden: the last block's output; the head is computed. residual, block: what blocks add.\n"
    "module: every attention and MLP, as in the TaylorSeer paper; needs gigabytes.\n"
    "A model that cannot do it uses the nearest one and says so."
)
_FORECASTER = (
    "taylorseer only. official: the authors' recursion. newton: exact for uneven spacing. "
    "Default official; equally fast."
)
_WARMUP = (
    "Leading evaluations that are always computed. -1 is the policy's own (taylorseer 3). "
    "Fewer is faster; most of the picture is decided early."
)
_TAIL = "Last evaluations that are always computed. -1 is the policy's own. Fewer is faster."
_DEVICE = (
    "Where features wait. model device: fastest. system memory: frees video memory for a copy per "
    "evaluation, in pinned memory."
)
_DTYPE = (
    "What features are kept in. model: as the model makes them. Sums are float32 in any case. "
    "bfloat16 and float16 take half of float32's memory; no difference in speed to speak of."
)
_OPTIONS = (
    "More options of the policy, as name=value, name=value (threshold=0.1, scale=0.6, "
    "max_consecutive_forecasts=4). Names of Diffusers and cache-dit work too. Default none."
)
_SIDECAR = "From a Forecache Sidecar node. Without it the sidecar is looked for at every run."


def advanced_inputs() -> list[Any]:
    """Granularity, forecaster, warm-up, tail, memory and options, in this order."""
    counts: dict[str, Any] = {"default": -1, "min": -1, "max": 100}
    return [
        io.Combo.Input(
            "granularity", options=list(GRANULARITIES), default=AUTO, tooltip=_GRANULARITY
        ),
        io.Combo.Input(
            "forecaster", options=list(FORECASTERS), default="official", tooltip=_FORECASTER
        ),
        io.Int.Input("warmup", **counts, tooltip=_WARMUP),
        io.Int.Input("tail", **counts, tooltip=_TAIL),
        io.Combo.Input(
            "cache_device", options=list(PLACES), default="model device", tooltip=_DEVICE
        ),
        io.Combo.Input("cache_dtype", options=list(DTYPES), default="model", tooltip=_DTYPE),
        io.String.Input("options", default="", tooltip=_OPTIONS),
    ]


def sidecar_input() -> Any:
    """The optional wire from a Forecache Sidecar node."""
    return io.Custom(SIDECAR_TYPE).Input("sidecar", optional=True, tooltip=_SIDECAR)
