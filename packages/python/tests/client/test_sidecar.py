"""A real sidecar, asked over a Unix socket or TCP. Deadlines are long: the machine may be busy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from sidecar_server import SidecarServer, printed_by

from forecache.client import SidecarSource
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import (
    ActionKind,
    CallReport,
    Granularity,
    OpenedRun,
    PolicySpec,
    ProbeKind,
    RunOutcome,
    RunRequest,
)

TIMES = {"deadline_ms": 10_000, "connect_timeout_ms": 10_000}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[SidecarServer]:
    folder = tmp_path_factory.mktemp("sidecar")
    server = SidecarServer(f"unix:{folder / 's.sock'}", "127.0.0.1:0")
    yield server
    server.stop()


@pytest.fixture
def source(server) -> Iterator[SidecarSource]:
    source = SidecarSource(server.addresses[0], **TIMES)
    yield source
    source.close()


def request(policy: str, calls: int = 10, **options: str) -> RunRequest:
    return RunRequest(PolicySpec(policy, options), calls, calls)


def kinds(run: OpenedRun, before: Callable[[int], dict], after: dict, calls: int) -> str:
    """One letter a call: what an adaptive run decides when every full call measures `after`."""
    letters = ""
    for index in range(calls):
        action = run.decide("joint", index, before(index)).action.kind
        letters += {ActionKind.FULL: "F", ActionKind.REUSE: "r"}[action]
        scalars = after if action is ActionKind.FULL else {}
        run.report(CallReport("joint", index, action, 1, 0, 1, scalars))
    return letters


@pytest.mark.parametrize(
    ("policy", "options"),
    [
        ("taylorseer", {"interval": "4", "order": "2", "warmup": "3"}),
        ("fora", {"interval": "3"}),
        ("hicache", {"interval": "4", "order": "1", "warmup": "3"}),
    ],
)
@pytest.mark.parametrize("address", [0, 1], ids=["unix", "tcp"])
def test_a_static_run_has_the_plan_that_the_command_line_prints(server, policy, options, address):
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    printed = json.loads(
        printed_by(
            ["plan", "--model", "flux.1-dev", "--steps", "12", "--policy", policy, *flags, "--json"]
        )
    )
    source = SidecarSource(server.addresses[address], **TIMES)
    run = source.open_run(request(policy, 12, **options))
    assert [list(call.action.effective_weights) for call in run.plan.calls] == [
        call["weights"] for call in printed["calls"]
    ]
    assert run.policy == printed["policy"]
    assert run.decide("joint", 11, {}) is run.plan.calls[11]
    run.close(RunOutcome.OK)
    source.close()
    assert (run.failure, run.lost_reports) == (None, 0)


def test_a_setup_has_the_history_that_the_forecast_needs(source):
    run = source.open_run(request("taylorseer", order="2"))
    assert (run.setup.granularity, run.setup.history_size) == (Granularity.MODULE, 3)


def test_a_run_that_skips_nothing_says_so(source):
    run = source.open_run(request("taylorseer", interval="1"))
    assert list(run.warnings) == ["nothing will be skipped: interval is 1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": "0"}, 'interval must be an integer >= 1, got "0"'),
        (
            {"interval": "3", "cache_interval": "4"},
            "interval and cache_interval are the same option: give one of them",
        ),
        (
            {"last_enhance": "4"},
            "taylorseer does not take last_enhance: it names the call from which on all are "
            "full; tail = calls - last_enhance",
        ),
    ],
)
def test_a_wrong_option_is_an_error_in_the_words_of_the_sidecar(source, options, message):
    with pytest.raises(ForecacheError) as caught:
        source.open_run(request("taylorseer", **options))
    assert str(caught.value) == message
    assert source.open_run(request("taylorseer")).failure is None


def test_easycache_decides_from_what_was_reported_before(source):
    run = source.open_run(request("easycache", threshold="0.05", warmup="2", tail="0"))
    assert {probe.kind for probe in run.setup.probes} == {
        ProbeKind.INPUT_CHANGE,
        ProbeKind.OUTPUT_RATE,
    }
    # kappa = 0.1 / 1, so that a call adds 0.1 * 0.2 / 1 = 0.02: two are below 0.05, the third is
    # not.
    after = {"output-size": 1.0, "output-change": 0.1, "input-span": 1.0}
    letters = kinds(run, lambda index: {"input-change": 0.2} if index else {}, after, 8)
    run.close(RunOutcome.OK)
    assert (letters, run.failure, run.lost_reports) == ("FFrrFrrF", None, 0)


def test_teacache_decides_from_what_was_measured_before(source):
    options = {"threshold": "0.1", "coefficients": "0,0,0,1,0"}
    run = source.open_run(request("teacache", **options))
    # The identity: 0.04 a call, 0.04 and 0.08 are below 0.1, 0.12 is not.
    before = {"modulated-input-change": 0.04}
    letters = kinds(run, lambda index: before if index else {}, {}, 8)
    assert (letters, run.failure) == ("FrrFrrFr", None)


def test_a_call_asked_twice_has_the_same_answer(source):
    run = source.open_run(request("teacache", threshold="0.1", coefficients="0,0,0,1,0"))
    run.decide("joint", 0, {})
    first = run.decide("joint", 1, {"modulated-input-change": 0.04})
    assert run.decide("joint", 1, {"modulated-input-change": 9.0}) is first
    assert first.action.kind is ActionKind.REUSE


def test_a_prefetched_decision_is_the_one_that_would_have_been_made(source):
    options = {"threshold": "0.1", "coefficients": "0,0,0,1,0"}
    asked, prefetched = (source.open_run(request("teacache", **options)) for _ in range(2))
    for index in range(8):
        scalars = {"modulated-input-change": 0.04} if index else {}
        prefetched.prefetch("joint", index, scalars)
        # The numbers of decide are not looked at: the answer is under way.
        taken = prefetched.decide("joint", index, {"modulated-input-change": 9.0})
        assert taken == asked.decide("joint", index, scalars)


def test_branches_decide_for_themselves(source):
    policy = PolicySpec("teacache", {"threshold": "0.1", "coefficients": "0,0,0,1,0"})
    run = source.open_run(RunRequest(policy, 4, 4, branches=("cond", "uncond")))
    small, large = {"modulated-input-change": 0.01}, {"modulated-input-change": 1.0}
    for branch in ("cond", "uncond"):
        run.decide(branch, 0, {})
    assert run.decide("cond", 1, small).action.kind is ActionKind.REUSE
    assert run.decide("uncond", 1, large).action.kind is ActionKind.FULL


def test_a_closed_run_has_no_answers_and_closes_again(source):
    run = source.open_run(request("teacache"))
    run.close(RunOutcome.INTERRUPTED)
    run.close(RunOutcome.OK)
    run.report(CallReport("joint", 0, ActionKind.FULL, 1, 0, 1))
    assert run.decide("joint", 0, {}) is None
    assert run.lost_reports == 1


def test_a_sidecar_that_restarts_knows_new_runs_and_no_old_ones(tmp_path):
    address = f"unix:{tmp_path / 's.sock'}"
    first = SidecarServer(address)
    source = SidecarSource(address, **TIMES)
    adaptive = source.open_run(request("teacache"))
    assert adaptive.decide("joint", 0, {}) is not None
    first.stop()
    second = SidecarServer(address)
    try:
        assert adaptive.decide("joint", 1, {"modulated-input-change": 0.1}) is None
        assert adaptive.failure.startswith(
            "the sidecar does not know the run, it may have been restarted: "
        )
        assert source.open_run(request("teacache")).decide("joint", 0, {}) is not None
    finally:
        source.close()
        second.stop()


def test_a_sidecar_that_is_killed_ends_the_answers_of_adaptive_runs_alone(tmp_path):
    address = f"unix:{tmp_path / 's.sock'}"
    server = SidecarServer(address)
    source = SidecarSource(address, **TIMES)
    adaptive, static = (source.open_run(request(name)) for name in ("teacache", "fora"))
    assert adaptive.decide("joint", 0, {}) is not None
    server.kill()
    assert adaptive.decide("joint", 1, {"modulated-input-change": 0.1}) is None
    assert adaptive.failure.startswith("sidecar unreachable: ")
    assert adaptive.decide("joint", 0, {}).action.kind is ActionKind.FULL, "known already"
    static.report(CallReport("joint", 0, ActionKind.FULL, 1, 0, 1))
    static.close(RunOutcome.OK)
    assert (static.failure, static.lost_reports) == (None, 1)
    assert static.decide("joint", 1, {}).action.kind is ActionKind.REUSE
    with pytest.raises(NoPlanError, match=r"^sidecar unreachable: .*asked again in"):
        source.open_run(request("fora"))
    source.close()
