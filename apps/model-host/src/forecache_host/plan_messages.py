"""Plans and setups from the wire, in the words of `forecache.plan`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from forecache.plan import (
    FULL,
    Action,
    ActionKind,
    CallPlan,
    Granularity,
    Probe,
    ProbeKind,
    RunSetup,
    SiteAction,
    TokenCache,
    TokenSelection,
)
from forecache_host.host_error import invalid_argument
from forecache_host.stubs import plan_pb2

MAX_HISTORY_SIZE = 9
"""Largest number of forecast weights, and so of stored features a site needs."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

Word = TypeVar("Word")
Constant = TypeVar("Constant", bound=int)

_ACTION_KINDS = {
    plan_pb2.ACTION_KIND_UNSPECIFIED: ActionKind.FULL,
    plan_pb2.ACTION_KIND_FULL: ActionKind.FULL,
    plan_pb2.ACTION_KIND_FORECAST: ActionKind.FORECAST,
    plan_pb2.ACTION_KIND_REUSE: ActionKind.REUSE,
    plan_pb2.ACTION_KIND_PARTIAL: ActionKind.PARTIAL,
}
_GRANULARITIES = {
    plan_pb2.GRANULARITY_UNSPECIFIED: Granularity.MODULE,
    **{plan_pb2.Granularity.Value(f"GRANULARITY_{each.name}"): each for each in Granularity},
}
_SCORES = {
    plan_pb2.TOKEN_SCORE_UNSPECIFIED: "influence",
    plan_pb2.TOKEN_SCORE_INFLUENCE: "influence",
    plan_pb2.TOKEN_SCORE_VALUE_NORM: "value-norm",
    plan_pb2.TOKEN_SCORE_RANDOM: "random",
}
_PROBE_KINDS = {plan_pb2.ProbeKind.Value(f"PROBE_KIND_{each.name}"): each for each in ProbeKind}


def decode_call_plan(message: plan_pb2.CallPlan, name: str) -> CallPlan:
    """The plan of a call, its numbers checked."""
    seen: set[str] = set()
    exceptions = []
    for index, exception in enumerate(message.exceptions):
        path = f"{name}.exceptions[{index}]"
        action = _decode_action(exception.action, f"{path}.action")
        if exception.site in seen:
            raise invalid_argument(f"{path}.site", "named once", exception.site)
        seen.add(exception.site)
        exceptions.append(SiteAction(exception.site, action))
    action = _decode_action(message.action, f"{name}.action")
    return CallPlan(message.call_index, action, tuple(exceptions))


def decode_selection(message: plan_pb2.TokenSelection, name: str) -> TokenSelection:
    """Which tokens to compute."""
    for field in ("staleness_weight", "grid_bonus"):
        value = getattr(message, field)
        if not (math.isfinite(value) and value >= 0):
            raise invalid_argument(f"{name}.{field}", "a finite number >= 0", value)
    return TokenSelection(
        tokens=message.tokens,
        staleness_weight=message.staleness_weight,
        grid=message.grid,
        grid_bonus=message.grid_bonus,
    )


def decode_setup(message: plan_pb2.RunSetup, name: str) -> RunSetup:
    """A run's setup; one that is not set keeps nothing and measures nothing."""
    cache = message.token_cache
    token_cache = TokenCache(
        sites=_decode_sites(cache.sites, f"{name}.token_cache.sites"),
        score=_word(_SCORES, cache.score, f"{name}.token_cache.score"),
    )
    probes = []
    for index, probe in enumerate(message.probes):
        kind = _word(_PROBE_KINDS, probe.kind, f"{name}.probes[{index}].kind")
        probes.append(Probe(kind, probe.count, probe.site))
    return RunSetup(
        granularity=_word(_GRANULARITIES, message.granularity, f"{name}.granularity"),
        sites=_decode_sites(message.sites, f"{name}.sites"),
        history_size=message.history_size or 1,
        token_cache=token_cache if message.HasField("token_cache") else None,
        probes=tuple(probes),
    )


def assert_weights(name: str, weights: Sequence[float]) -> None:
    """Raises unless these are 1 to 9 numbers that are finite in float32, where sums are made."""
    if not 1 <= len(weights) <= MAX_HISTORY_SIZE:
        raise invalid_argument(name, f"1 to {MAX_HISTORY_SIZE} numbers", len(weights))
    largest = float(np.finfo(np.float32).max)
    for index, weight in enumerate(weights):
        if not abs(weight) <= largest:
            raise invalid_argument(f"{name}[{index}]", "finite in float32", weight)


def assert_identifier(name: str, value: str) -> str:
    """The name of a branch, a site or a conditioning tensor."""
    if _IDENTIFIER.fullmatch(value):
        return value
    raise invalid_argument(name, "1 to 64 characters of [A-Za-z0-9_.-]", value)


def _decode_action(message: plan_pb2.Action, name: str) -> Action:
    kind = _word(_ACTION_KINDS, message.kind, f"{name}.kind")
    if kind is not ActionKind.FORECAST and message.weights:
        rule = f"empty when kind is {kind.value}"
        raise invalid_argument(f"{name}.weights", rule, list(message.weights))
    if kind is not ActionKind.PARTIAL and message.HasField("selection"):
        raise invalid_argument(f"{name}.selection", f"unset when kind is {kind.value}", "set")
    if kind is ActionKind.FORECAST:
        assert_weights(f"{name}.weights", message.weights)
        return Action(kind, tuple(message.weights))
    if kind is ActionKind.PARTIAL:
        if not message.HasField("selection"):
            raise invalid_argument(f"{name}.selection", "set", None)
        return Action(kind, (), decode_selection(message.selection, f"{name}.selection"))
    return FULL if kind is ActionKind.FULL else Action(kind)


def _decode_sites(sites: Sequence[str], name: str) -> tuple[str, ...]:
    for index, site in enumerate(sites):
        assert_identifier(f"{name}[{index}]", site)
        if site in sites[:index]:
            raise invalid_argument(f"{name}[{index}]", "named once", site)
    return tuple(sites)


def _word(words: Mapping[Constant, Word], constant: Constant, name: str) -> Word:
    if constant in words:
        return words[constant]
    known = dict.fromkeys(str(getattr(word, "value", word)) for word in words.values())
    raise invalid_argument(name, f"one of {', '.join(known)}", constant)
