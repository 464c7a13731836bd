"""Messages and the domain's words."""

from __future__ import annotations

import math

import pytest

from forecache._generated.forecache.v1 import cache_pb2, plan_pb2
from forecache.client.answers import decode_call, decode_opened, decode_setup
from forecache.client.malformed import MalformedAnswerError
from forecache.client.wire import encode_decide, encode_open_run, encode_report
from forecache.client.words import ACTION_KINDS, GRANULARITIES, PROBE_KINDS, RUN_OUTCOMES
from forecache.errors import ForecacheError
from forecache.plan import (
    FULL,
    Action,
    ActionKind,
    CallPlan,
    CallReport,
    Granularity,
    NetworkShape,
    PolicySpec,
    Probe,
    ProbeKind,
    RunOutcome,
    RunRequest,
    RunSetup,
    SiteAction,
    SiteShape,
    TokenCache,
    TokenSelection,
)

SETUP = RunSetup(Granularity.MODULE, history_size=2)


def request(**facts: object) -> RunRequest:
    return RunRequest(**{"policy": PolicySpec("fora"), "steps": 3, "calls": 3, **facts})


def forecast(*weights: float) -> plan_pb2.Action:
    return plan_pb2.Action(kind=plan_pb2.ACTION_KIND_FORECAST, weights=weights)


@pytest.mark.parametrize(
    ("words", "enum", "proto"),
    [
        (ACTION_KINDS, ActionKind, plan_pb2.ActionKind),
        (GRANULARITIES, Granularity, plan_pb2.Granularity),
        (PROBE_KINDS, ProbeKind, plan_pb2.ProbeKind),
        (RUN_OUTCOMES, RunOutcome, cache_pb2.RunOutcome),
    ],
)
def test_every_constant_but_unspecified_has_one_word(words, enum, proto):
    assert {words.encode(word) for word in enum} == set(proto.values()) - {0}
    assert [words.decode(words.encode(word), "x") for word in enum] == list(enum)


def test_an_unset_action_is_full():
    assert decode_call(plan_pb2.CallPlan(call_index=1), 1, SETUP) == CallPlan(1, FULL)


def test_a_call_keeps_weights_exceptions_and_selection():
    selection = plan_pb2.TokenSelection(tokens=7, staleness_weight=0.25, grid=2, grid_bonus=0.5)
    partial = plan_pb2.Action(kind=plan_pb2.ACTION_KIND_PARTIAL, selection=selection)
    message = plan_pb2.CallPlan(
        call_index=4,
        action=forecast(2, -1),
        exceptions=[
            plan_pb2.SiteAction(site="a", action=plan_pb2.Action(kind=plan_pb2.ACTION_KIND_REUSE)),
            plan_pb2.SiteAction(site="b", action=partial),
        ],
    )
    assert decode_call(message, 4, SETUP) == CallPlan(
        4,
        Action(ActionKind.FORECAST, (2.0, -1.0)),
        (
            SiteAction("a", Action(ActionKind.REUSE)),
            SiteAction("b", Action(ActionKind.PARTIAL, selection=TokenSelection(7, 0.25, 2, 0.5))),
        ),
    )


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            plan_pb2.CallPlan(call_index=2),
            "plan.call_index must be 3, got 2",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=forecast(1, math.nan)),
            "plan.action.weights[1] must be finite in float32, got nan",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=forecast(-math.inf)),
            "plan.action.weights[0] must be finite in float32, got -inf",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=forecast(1e39)),
            "plan.action.weights[0] must be finite in float32, got 1e+39",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=forecast()),
            "plan.action.weights must be 1 to 2 numbers, got 0",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=forecast(*[1] * 10)),
            "plan.action.weights must be 1 to 2 numbers, got 10",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=plan_pb2.Action(kind=1, weights=[1])),
            "plan.action.weights must be empty when kind is full, got (1.0,)",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=plan_pb2.Action(kind=99)),
            "plan.action.kind must be a constant of forecache.v1, got 99",
        ),
        (
            plan_pb2.CallPlan(call_index=3, action=plan_pb2.Action(kind=4)),
            "plan.action.selection must be set, got nothing",
        ),
        (
            plan_pb2.CallPlan(call_index=3, exceptions=[plan_pb2.SiteAction(site="a")] * 2),
            "plan.exceptions must be of different sites, got ['a', 'a']",
        ),
    ],
)
def test_a_call_that_breaks_the_contract_names_field_rule_and_value(message, reason):
    with pytest.raises(MalformedAnswerError) as caught:
        decode_call(message, 3, SETUP)
    assert str(caught.value) == reason


def test_a_plan_of_another_length_is_malformed():
    plan = plan_pb2.RunPlan(steps=2, calls=[plan_pb2.CallPlan(call_index=i) for i in range(2)])
    message = cache_pb2.OpenRunResponse(run_id="r", plan=plan)
    with pytest.raises(MalformedAnswerError, match=r"^plan must be for 3 calls, got 2$"):
        decode_opened(message, calls=3)


def test_an_unset_setup_keeps_one_feature_of_every_module():
    assert decode_setup(plan_pb2.RunSetup()) == RunSetup(Granularity.MODULE, history_size=1)


def test_a_setup_keeps_sites_history_token_cache_and_probes():
    message = plan_pb2.RunSetup(
        granularity=plan_pb2.GRANULARITY_CHANGE,
        sites=["change"],
        history_size=3,
        token_cache=plan_pb2.TokenCache(sites=["a"], score=plan_pb2.TOKEN_SCORE_VALUE_NORM),
        probes=[plan_pb2.Probe(kind=plan_pb2.PROBE_KIND_FEATURE_CHANGE, site="a", count=0)],
    )
    assert decode_setup(message) == RunSetup(
        Granularity.CHANGE,
        ("change",),
        3,
        TokenCache(("a",), "value-norm"),
        (Probe(ProbeKind.FEATURE_CHANGE, site="a"),),
    )


@pytest.mark.parametrize(
    ("setup", "reason"),
    [
        (plan_pb2.RunSetup(history_size=10), "setup.history_size must be at most 9, got 10"),
        (
            plan_pb2.RunSetup(probes=[plan_pb2.Probe()]),
            "setup.probes.kind must be a constant of forecache.v1, got 0",
        ),
    ],
)
def test_a_setup_that_breaks_the_contract_is_malformed(setup, reason):
    with pytest.raises(MalformedAnswerError) as caught:
        decode_setup(setup)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("positions", "sent"),
    [
        ((3.0, 2.0, 1.0), [3, 2, 1]),
        ((1.0, 2.0, 3.0), [1, 2, 3]),
        ((3.0, 2.0, 2.0), []),  # Heun repeats
        ((3.0, 1.0, 2.0), []),
        ((3.0, 2.0), []),
        ((3.0, math.nan, 1.0), []),
    ],
)
def test_only_positions_that_the_contract_allows_are_sent(positions, sent):
    message = encode_open_run(request(timesteps=positions, sigmas=positions))
    assert (list(message.run.timesteps), list(message.run.sigmas)) == (sent, sent)


def test_a_request_carries_network_branches_and_client():
    network = NetworkShape(2, (SiteShape("blocks.0.attn", "cross-attention", 0, 16),))
    message = encode_open_run(
        request(network=network, branches=("cond", "uncond"), client="x", granularity=None)
    )
    site = message.run.network.sites[0]
    assert message.run.network.blocks == 2
    assert (site.name, site.kind, site.block, site.tokens) == (
        "blocks.0.attn",
        plan_pb2.SITE_KIND_CROSS_ATTENTION,
        0,
        16,
    )
    assert [branch.branch for branch in message.branches] == ["cond", "uncond"]
    assert (message.client, message.mode, message.granularity) == ("x", 1, 0)


def test_a_site_of_an_unknown_kind_is_an_error():
    network = NetworkShape(1, (SiteShape("a", "norm", 0, 1),))
    rule = "attention, cross-attention, mlp, single"
    with pytest.raises(ForecacheError, match=f"^kind of site a must be one of {rule}, got norm$"):
        encode_open_run(request(network=network))


def test_scalars_that_are_not_finite_are_left_out():
    scalars = {"a": 1.0, "b": math.nan, "c": math.inf}
    report = CallReport("joint", 0, ActionKind.FULL, 1, 0, 5, scalars)
    assert dict(encode_decide("r", "joint", 0, scalars).scalars) == {"a": 1.0}
    assert dict(encode_report("r", report).scalars) == {"a": 1.0}
