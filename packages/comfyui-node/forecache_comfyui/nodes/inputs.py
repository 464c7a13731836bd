"""Widgets that the two model nodes share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io

CATEGORY = "forecache"

_POLICY = (
    "Who decides which evaluations of the model are computed and what stands in for the others.\n"
    "taylorseer: a line (order 1) or parabola (2) through the newest computed features.\n"
    "fora: repeats the newest one. hicache: a damped taylorseer. foca: predicts and corrects.\n"
    "spectrum: a smooth fit of many features. dmd: sums of exponentials, at the output.\n"
    "easycache: repeats while the estimated error is small; has no interval and no order.\n"
    "off: everything is computed."
)
_INTERVAL = (
    "One evaluation in so many is computed, the others are forecast. Default 3. "
    "Higher is faster and less exact; 1 is off. Not used by easycache."
)
_ORDER = (
    "How far a forecast looks back: 0 repeats the newest feature, 1 continues a line, 2 a "
    "parabola. Default 1. Costs memory for order + 1 features, hardly any time. "
    "Published: foca 2, spectrum 4. Not used by fora and easycache."
)
_START = (
    "Share of the noise schedule before which everything is computed, 0 to 1. Default 0. "
    "Lower is faster; the policy's own warm-up (3 evaluations for taylorseer) comes on top."
)
_END = (
    "Share of the noise schedule after which everything is computed, 0 to 1. Default 1. "
    "Higher is faster; 0.9 keeps the last details exact."
)
_VERBOSE = "Two lines a run in the log: what will happen and what did. Costs no time. Default on."


def model_input() -> Any:
    """The model to speed up."""
    return io.Model.Input("model", tooltip="The diffusion model. It is not changed: a clone is.")


def model_output() -> Any:
    """The model with forecache on it."""
    return io.Model.Output(tooltip="The same model, some evaluations of which are forecast.")


def decision_inputs(policies: Sequence[str], more: str = "") -> list[Any]:
    """Policy, interval, order and the part of the sampling where it decides.

    more: what is said about further policies.
    """
    share: dict[str, Any] = {"min": 0.0, "max": 1.0, "step": 0.01}
    return [
        io.Combo.Input(
            "policy", options=list(policies), default="taylorseer", tooltip=_POLICY + more
        ),
        io.Int.Input("interval", default=3, min=1, max=20, tooltip=_INTERVAL),
        io.Int.Input("order", default=1, min=0, max=8, tooltip=_ORDER),
        io.Float.Input("start_percent", default=0.0, **share, tooltip=_START),
        io.Float.Input("end_percent", default=1.0, **share, tooltip=_END),
    ]


def verbose_input() -> Any:
    """Whether a run says in the log what it does."""
    return io.Boolean.Input("verbose", default=True, tooltip=_VERBOSE)
