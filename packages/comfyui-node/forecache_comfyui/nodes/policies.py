"""The policies that the nodes offer, and which of their options have a widget."""

from __future__ import annotations

from collections.abc import Mapping

OFF = "off"
"""Computes every evaluation: the model passes through."""

WIDGETS: Mapping[str, tuple[str, ...]] = {
    "taylorseer": ("interval", "order"),
    "fora": ("interval",),
    "hicache": ("interval", "order"),
    "foca": ("interval", "order"),
    "spectrum": ("interval", "order"),
    "dmd": ("interval", "order"),
    "easycache": (),
    "delta-dit": ("interval",),
    "teacache": (),
    "magcache": (),
    "adacache": (),
    "first-block-cache": (),
    "preset": (),
    "auto": (),
}
"""Policies, and which of `interval` and `order` each one has.

Not here: `toca` and `duca` compute chosen tokens, which the model host does, `fewer-steps` is the
sampler's own setting, and `scheduled` is what a preset becomes.
"""

SIMPLE = ("taylorseer", "fora", "hicache", "foca", "spectrum", "dmd", "auto", "easycache", OFF)
"""Policies that need no more than the node's widgets, on any model. The others want numbers that
were fitted to a model (`teacache`, `magcache`), or look inside models whose class is known.
"""

ADVANCED = (*WIDGETS, OFF)
"""Every policy that runs here."""


def is_off(policy: str, interval: int) -> bool:
    """Whether these settings skip nothing: policy `off`, or a full evaluation every 1."""
    return policy == OFF or (interval == 1 and "interval" in WIDGETS.get(policy, ()))


def widget_options(policy: str, interval: int, order: int) -> dict[str, object]:
    """The policy's options from the widgets that it has."""
    values: dict[str, object] = {"interval": interval, "order": order}
    return {name: values[name] for name in WIDGETS.get(policy, ())}
