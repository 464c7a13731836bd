"""Plans from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sidecar_server import printed_by

from forecache.client import PlanFileSource
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import (
    FULL,
    Action,
    ActionKind,
    CallPlan,
    CallReport,
    Granularity,
    PolicySpec,
    RunOutcome,
    RunRequest,
)

REQUEST = RunRequest(PolicySpec("full"), steps=3, calls=3)

CONTENT = {
    "steps": 3,
    "policy": "taylorseer(interval=3, order=1, warmup=1)",
    "granularity": "module",
    "cacheBytes": {"module": 1, "hidden": 1},
    "calls": [
        {"call": 0, "action": "full", "weights": []},
        {"call": 1, "action": "reuse", "weights": [1]},
        {"call": 2, "action": "forecast", "weights": [2, -1]},
    ],
    "warnings": ["mind the gap"],
}


def source(folder: Path, **changes: object) -> PlanFileSource:
    file = folder / "plan.json"
    file.write_text(json.dumps({**CONTENT, **changes}), "utf-8")
    return PlanFileSource(file)


def test_a_run_has_the_plan_of_the_file(tmp_path):
    run = source(tmp_path).open_run(REQUEST)
    assert run.plan.calls == (
        CallPlan(0, FULL),
        CallPlan(1, Action(ActionKind.REUSE)),
        CallPlan(2, Action(ActionKind.FORECAST, (2.0, -1.0))),
    )
    assert (run.plan.steps, run.setup.history_size) == (3, 2)
    assert (run.policy, run.warnings) == (CONTENT["policy"], ("mind the gap",))
    assert run.failure is None


def test_every_branch_has_the_same_decision_and_nothing_else_moves(tmp_path):
    run = source(tmp_path).open_run(REQUEST)
    run.prefetch("cond", 1, {})
    run.report(CallReport("cond", 0, ActionKind.FULL, 1, 0, 1))
    run.close(RunOutcome.OK)
    assert run.decide("cond", 1, {}) == run.decide("uncond", 1, {}) == run.plan.calls[1]
    assert run.decide("cond", 3, {}) is None


def test_what_forecache_plan_prints_is_a_plan_file(tmp_path):
    command = "plan --model flux.1-dev --steps 10 --policy taylorseer --interval 4 --order 1"
    printed = printed_by([*command.split(" "), "--warmup", "3", "--json"])
    file = tmp_path / "plan.json"
    file.write_text(printed, "utf-8")
    run = PlanFileSource(file).open_run(RunRequest(PolicySpec("taylorseer"), 10, 10))
    weights = [call.action.weights for call in run.plan.calls]
    # Full calls 0, 1, 2, 6; then 1 + k/N and -k/N with k calls since, N = 1 and 4.
    assert weights == [
        (),
        (),
        (),
        (2.0, -1.0),
        (3.0, -2.0),
        (4.0, -3.0),
        (),
        (1.25, -0.25),
        (1.5, -0.5),
        (1.75, -0.75),
    ]
    assert run.policy == "taylorseer(interval=4, order=1, warmup=3)"


def test_a_run_of_another_length_has_no_plan(tmp_path):
    request = RunRequest(PolicySpec("full"), steps=28, calls=28)
    with pytest.raises(NoPlanError, match=r"^the plan file is for 3 calls, this run makes 28$"):
        source(tmp_path).open_run(request)


def test_a_granularity_of_the_file_may_be_chosen(tmp_path):
    request = RunRequest(PolicySpec("full"), 3, 3, Granularity.HIDDEN)
    assert source(tmp_path).open_run(request).setup.granularity is Granularity.HIDDEN
    assert source(tmp_path).open_run(REQUEST).setup.granularity is Granularity.MODULE


def test_a_granularity_that_the_file_is_not_for_is_an_error(tmp_path):
    request = RunRequest(PolicySpec("full"), 3, 3, Granularity.OUTPUT)
    rule = r"^granularity must be one of hidden, module \(plan file\), got output$"
    with pytest.raises(ForecacheError, match=rule):
        source(tmp_path).open_run(request)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps must be an integer >= 1, got 0"),
        ({"calls": []}, "calls must be a list with an entry a call, got []"),
        ({"calls": [{"call": 1}]}, 'calls[0] must be an object with call = 0, got {"call": 1}'),
        (
            {"calls": [{"call": 0, "action": "partial"}]},
            'calls[0].action must be one of full, forecast, reuse, got "partial"',
        ),
        (
            {"calls": [{"call": 0, "action": "forecast", "weights": []}]},
            "calls[0].weights must be 1 to 9 numbers, got []",
        ),
        (
            {"calls": [{"call": 0, "action": "forecast", "weights": [float("nan")]}]},
            "calls[0].weights[0] must be finite in float32, got NaN",
        ),
        (
            {"calls": [{"call": 0, "action": "reuse", "weights": []}]},
            "calls[0].weights must be [1] when every site of the call does reuse, got []",
        ),
        (
            {"granularity": "pixel"},
            "granularity must be one of module, block, residual, hidden, output, change, "
            'got "pixel"',
        ),
        (
            {"decidesFrom": ["input-change"], "policy": "teacache()"},
            'policy must be one whose plan is known before the run, got "teacache()"',
        ),
    ],
)
def test_a_broken_file_names_file_field_rule_and_value(tmp_path, changes, message):
    with pytest.raises(ForecacheError) as caught:
        source(tmp_path, **changes)
    assert str(caught.value) == f"plan file {tmp_path / 'plan.json'}: {message}"


def test_a_file_that_is_missing_or_no_json_is_an_error(tmp_path):
    file = tmp_path / "plan.json"
    with pytest.raises(ForecacheError) as missing:
        PlanFileSource(file)
    assert str(missing.value) == f"plan file {file} cannot be read: No such file or directory"
    file.write_text("steps: 3", "utf-8")
    with pytest.raises(ForecacheError) as broken:
        PlanFileSource(file)
    assert str(broken.value).startswith(f"plan file {file} must be JSON: ")
