"""Answers of the sidecar in the words of `forecache.plan`. One that breaks a rule is no answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from forecache._generated.forecache.v1 import cache_pb2, plan_pb2
from forecache.client.malformed import MalformedAnswerError
from forecache.client.words import ACTION_KINDS, GRANULARITIES, PROBE_KINDS, TOKEN_SCORES
from forecache.plan import (
    FULL,
    Action,
    ActionKind,
    CallPlan,
    Granularity,
    Probe,
    RunPlan,
    RunSetup,
    SiteAction,
    TokenCache,
    TokenSelection,
)

MAX_WEIGHTS = 9
"""Most forecast weights of an action, and so most stored features of a site."""

LARGEST_FLOAT32 = 3.4028234663852886e38
"""Weighted sums are made in float32."""


@dataclass(frozen=True)
class OpenedAnswer:
    """What OpenRun answered. `plan` None: the policy decides call by call."""

    run_id: str
    setup: RunSetup
    plan: RunPlan | None
    policy: str
    warnings: tuple[str, ...]


def decode_opened(message: cache_pb2.OpenRunResponse, calls: int) -> OpenedAnswer:
    """The answer to OpenRun for a run of `calls` calls. Raises MalformedAnswerError."""
    if message.run_id == "":
        raise MalformedAnswerError("run_id", "set", "nothing")
    setup = decode_setup(message.setup)
    plan = decode_plan(message.plan, calls, setup) if message.HasField("plan") else None
    warnings = tuple(message.warnings)
    return OpenedAnswer(message.run_id, setup, plan, message.policy, warnings)


def decode_setup(message: plan_pb2.RunSetup) -> RunSetup:
    """A run's setup; one that is not set keeps one feature of every module."""
    size = message.history_size or 1
    if size > MAX_WEIGHTS:
        raise MalformedAnswerError("setup.history_size", f"at most {MAX_WEIGHTS}", size)
    granularity = Granularity.MODULE
    if message.granularity != plan_pb2.GRANULARITY_UNSPECIFIED:
        granularity = GRANULARITIES.decode(message.granularity, "setup.granularity")
    return RunSetup(
        granularity=granularity,
        sites=tuple(message.sites),
        history_size=size,
        token_cache=decode_token_cache(message),
        probes=tuple(
            Probe(PROBE_KINDS.decode(probe.kind, "setup.probes.kind"), probe.count, probe.site)
            for probe in message.probes
        ),
    )


def decode_token_cache(message: plan_pb2.RunSetup) -> TokenCache | None:
    """The token cache of a setup."""
    if not message.HasField("token_cache"):
        return None
    cache = message.token_cache
    if cache.score not in TOKEN_SCORES:
        name = "setup.token_cache.score"
        raise MalformedAnswerError(name, "a constant of forecache.v1", cache.score)
    return TokenCache(tuple(cache.sites), TOKEN_SCORES[cache.score])


def decode_plan(message: plan_pb2.RunPlan, calls: int, setup: RunSetup) -> RunPlan:
    """All decisions of a run, one a call and in order."""
    if len(message.calls) != calls:
        raise MalformedAnswerError("plan", f"for {calls} calls", len(message.calls))
    decoded = tuple(
        decode_call(call, index, setup, f"plan.calls[{index}]")
        for index, call in enumerate(message.calls)
    )
    return RunPlan(message.steps, decoded)


def decode_call(
    message: plan_pb2.CallPlan, call_index: int, setup: RunSetup, name: str = "plan"
) -> CallPlan:
    """The decision about the call that was asked for."""
    if message.call_index != call_index:
        raise MalformedAnswerError(f"{name}.call_index", str(call_index), message.call_index)
    exceptions = tuple(
        SiteAction(item.site, decode_action(item.action, setup, f"{name}.exceptions[{index}]"))
        for index, item in enumerate(message.exceptions)
    )
    if len({exception.site for exception in exceptions}) < len(exceptions):
        sites = [exception.site for exception in exceptions]
        raise MalformedAnswerError(f"{name}.exceptions", "of different sites", sites)
    action = decode_action(message.action, setup, f"{name}.action")
    return CallPlan(call_index, action, exceptions)


def decode_action(message: plan_pb2.Action, setup: RunSetup, name: str) -> Action:
    """An action; one that is not set is FULL."""
    kind = ACTION_KINDS.decode(message.kind, f"{name}.kind")
    weights = tuple(message.weights)
    if kind is ActionKind.FORECAST:
        assert_weights(weights, setup.history_size, f"{name}.weights")
        return Action(kind, weights)
    if weights:
        raise MalformedAnswerError(f"{name}.weights", f"empty when kind is {kind.value}", weights)
    if kind is ActionKind.PARTIAL:
        return Action(kind, selection=decode_selection(message, f"{name}.selection"))
    return FULL if kind is ActionKind.FULL else Action(kind)


def assert_weights(weights: tuple[float, ...], history_size: int, name: str) -> None:
    """Raises MalformedAnswerError unless these are weights of the features that a site keeps."""
    if not 1 <= len(weights) <= history_size:
        raise MalformedAnswerError(name, f"1 to {history_size} numbers", len(weights))
    for index, weight in enumerate(weights):
        if not abs(weight) <= LARGEST_FLOAT32:
            raise MalformedAnswerError(f"{name}[{index}]", "finite in float32", weight)


def decode_selection(message: plan_pb2.Action, name: str) -> TokenSelection:
    """Which tokens a PARTIAL action computes."""
    if not message.HasField("selection"):
        raise MalformedAnswerError(name, "set", "nothing")
    chosen = message.selection
    shares = {"staleness_weight": chosen.staleness_weight, "grid_bonus": chosen.grid_bonus}
    for field, value in shares.items():
        if not (math.isfinite(value) and value >= 0):
            raise MalformedAnswerError(f"{name}.{field}", "a finite number >= 0", value)
    return TokenSelection(chosen.tokens, chosen.staleness_weight, chosen.grid, chosen.grid_bonus)
