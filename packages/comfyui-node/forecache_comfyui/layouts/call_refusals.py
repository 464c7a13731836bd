"""Why a call cannot be forecast inside its network: what no layout of ComfyUI's classes allows.

All of it concerns what is between the blocks. The last hidden state is right whatever stands there:
it is stored as the head gets it and replaced before the head gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from forecache.plan import Granularity

Refusal = Callable[[nn.Module, Mapping[str, Any], Granularity], str | None]
"""`(network, arguments of the call, granularity)` -> the reason, or None."""

CONTROL = "control (its residuals are added between the blocks)"
PATCHES = "block patches of another node (what they add is not what the blocks add)"
TOKENWISE = "a timestep for every token (gates differ from token to token)"

_PATCHES = frozenset({"post_input", "noise_refiner", "double_block", "single_block"})
"""Kinds of patches that change a stream outside of its blocks."""


def between_blocks(
    _network: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
) -> str | None:
    """The refusal of every layout: what other nodes put between the blocks."""
    if granularity is Granularity.HIDDEN:
        return None
    if arguments.get("control") is not None:
        return CONTROL
    options = arguments.get("transformer_options") or {}
    is_replaced = bool((options.get("patches_replace") or {}).get("dit"))
    if is_replaced or _PATCHES & (options.get("patches") or {}).keys():
        return PATCHES
    return None


def only_hidden(reason: str) -> Refusal:
    """The refusal of classes whose head does not get P and what the blocks add."""

    def refuse(
        _network: nn.Module, _arguments: Mapping[str, Any], granularity: Granularity
    ) -> str | None:
        return None if granularity is Granularity.HIDDEN else reason

    return refuse


def only_hidden_with(argument: str, reason: str) -> Refusal:
    """The same where a call is given this argument."""

    def refuse(
        _network: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
    ) -> str | None:
        is_without = arguments.get(argument) is None or granularity is Granularity.HIDDEN
        return None if is_without else reason

    return refuse


def no_module_with(argument: str, reason: str) -> Refusal:
    """The refusal at `module` of a call that is given this argument."""

    def refuse(
        _network: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
    ) -> str | None:
        is_with = arguments.get(argument) is not None and granularity is Granularity.MODULE
        return reason if is_with else None

    return refuse


def one_timestep(name: str) -> Refusal:
    """The refusal at `module` of timesteps that are more than one a sample."""

    def refuse(
        _network: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
    ) -> str | None:
        timestep = arguments.get(name)
        if granularity is not Granularity.MODULE or not isinstance(timestep, Tensor):
            return None
        return TOKENWISE if timestep.numel() > arguments["x"].shape[0] else None

    return refuse


def first_of(*refusals: Refusal) -> Refusal:
    """Whichever reason is found first."""

    def refuse(
        network: nn.Module, arguments: Mapping[str, Any], granularity: Granularity
    ) -> str | None:
        reasons = (refusal(network, arguments, granularity) for refusal in refusals)
        return next((reason for reason in reasons if reason is not None), None)

    return refuse
