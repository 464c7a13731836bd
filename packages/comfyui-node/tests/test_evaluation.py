"""All network calls of an evaluation are forecast, or none is."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from fake_sources import FakeSource

from forecache.hosting.branch_state import BranchState
from forecache.hosting.decisions import Decisions
from forecache.hosting.feature_store import FeatureStore
from forecache.hosting.site_work import Does
from forecache.plan import FULL, Action, ActionKind, Granularity, PolicySpec, RunRequest
from forecache_comfyui.evaluation import NEW_STREAM, TOO_LATE, OpenEvaluation
from forecache_comfyui.network_call import StreamKey

REUSE = Action(ActionKind.REUSE)


def decisions(actions: Sequence[Action]) -> Decisions:
    source = FakeSource(lambda calls: actions, granularity=Granularity.OUTPUT)
    request = RunRequest(PolicySpec("fake"), len(actions), len(actions))
    return Decisions(source.open_run(request), ("output",))


def key(prompt: str) -> StreamKey:
    return StreamKey(prompt, None, (1, 2), torch.float32, torch.device("cpu"))


def stream(*stored: int) -> BranchState:
    """A stream that has stored these calls."""
    store = FeatureStore(1, 2, dtype=None, place="device")
    for call in stored:
        store.begin(call)
        store.write(0, torch.ones(1, 2), torch.float32)
        store.commit()
    return BranchState("joint", {"output": [store]}, full_calls={"output": list(stored)})


PLAN = (FULL, REUSE, FULL, REUSE)


def test_a_forecast_where_all_have_features() -> None:
    evaluation = OpenEvaluation(1, frozenset({"yes", "no"}))
    evaluation.touched[key("yes")] = stream(0)
    decided = evaluation.decide(decisions(PLAN), {key("no"): stream(0)}, None)
    assert evaluation.is_forecast
    assert decided.work["output"].weights == (1.0,)
    assert evaluation.reasons == []


def test_one_stream_without_features_computes_all() -> None:
    evaluation = OpenEvaluation(1)
    evaluation.touched[key("yes")] = stream(0)
    evaluation.decide(decisions(PLAN), {key("no"): stream()}, None)
    assert not evaluation.is_forecast
    assert evaluation.reasons == ["the history does not hold the calls that the forecast needs"]


def test_a_prompt_that_will_come_computes_all() -> None:
    evaluation = OpenEvaluation(1)
    evaluation.expect(frozenset({"yes"}))
    evaluation.expect(frozenset({"new"}))
    evaluation.touched[key("yes")] = stream(0)
    evaluation.decide(decisions(PLAN), {}, None)
    assert evaluation.reasons == [NEW_STREAM]
    assert not evaluation.is_forecast


def test_a_full_evaluation_is_stored_whoever_takes_part() -> None:
    evaluation = OpenEvaluation(2, frozenset({"yes", "new"}))
    evaluation.touched[key("yes")] = stream(0)
    decided = evaluation.decide(decisions(PLAN), {}, "watched")
    assert decided.work["output"].does is Does.STORE
    assert evaluation.reasons == []


def test_while_a_sampler_is_watched_nothing_is_forecast() -> None:
    evaluation = OpenEvaluation(1)
    evaluation.touched[key("yes")] = stream(0)
    evaluation.decide(decisions(PLAN), {}, "it is watched first")
    assert evaluation.reasons == ["it is watched first"]
    assert not evaluation.is_forecast


def test_a_stream_that_nobody_announced_is_computed_and_said() -> None:
    evaluation, made = OpenEvaluation(1), decisions(PLAN)
    evaluation.touched[key("yes")] = stream(0)
    evaluation.decide(made, {}, None)
    assert evaluation.work(made, [key("yes")])["output"].does is Does.FORECAST
    evaluation.touched[key("new")] = stream()
    assert evaluation.work(made, [key("new")])["output"].does is Does.COMPUTE
    assert evaluation.reasons == [TOO_LATE]
