"""One run, with network calls made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from fake_sources import FakeSource
from torch import Tensor, nn

from forecache.plan import FULL, Action, ActionKind, Granularity
from forecache_comfyui.network_call import NetworkCall, StreamKey
from forecache_comfyui.run_log import NoWatcher, RunLog
from forecache_comfyui.run_opening import Obstacles, RunOpener
from forecache_comfyui.run_report import RunReport
from forecache_comfyui.sampler_schedule import SamplerSchedule
from forecache_comfyui.session import RunSession
from forecache_comfyui.settings import compile_node_settings

REUSE = Action(ActionKind.REUSE)
SIGMAS = (1.0, 0.75, 0.5, 0.25, 0.0)
GIVEN = torch.ones(1, 2, 2, 2)
KEY = StreamKey("yes", None, tuple(GIVEN.shape), GIVEN.dtype, GIVEN.device)


def session(actions: Sequence[Action]) -> tuple[RunSession, RunReport]:
    source = FakeSource(lambda calls: actions, granularity=Granularity.OUTPUT)
    settings = compile_node_settings("taylorseer", {}, source, granularity="output")
    report = RunReport("Linear", "euler", len(actions))
    log = RunLog(report, NoWatcher(), verbose=False)
    opener = RunOpener(nn.Linear(2, 2), settings, Obstacles(), log.warn)
    schedule = SamplerSchedule("euler", SIGMAS)
    return RunSession(schedule, log, lambda: opener.open(schedule, (False,) * 4)), report


def call(run: RunSession, value: float, key: StreamKey = KEY) -> float:
    """A network that answers one number, or what stands in for it."""
    made = NetworkCall(lambda: torch.full_like(GIVEN, value), GIVEN, (key,), {"x": GIVEN})
    output: Tensor = run.call(made)
    return float(output.mean())


def evaluated(run: RunSession, index: int, calls: Callable[[], object]) -> object:
    return run.evaluate(calls, torch.tensor([SIGMAS[index]]))


def test_a_prompt_that_is_asked_for_twice_is_two_streams() -> None:
    """As perturbed attention guidance does: the second answer must not stand in for the first."""
    run, report = session((FULL, REUSE, REUSE, FULL))

    def both(index: int) -> Callable[[], object]:
        return lambda: (call(run, 1.0 + index), call(run, 5.0 + index))

    seen = [evaluated(run, index, both(index)) for index in range(4)]
    assert seen == [(1.0, 5.0), (1.0, 5.0), (1.0, 5.0), (4.0, 8.0)]
    assert (report.full, report.forecast) == (2, 2)


def test_a_second_time_that_comes_later_is_computed_and_said() -> None:
    run, report = session((FULL, REUSE, REUSE, FULL))
    evaluated(run, 0, lambda: call(run, 1.0))
    assert evaluated(run, 1, lambda: (call(run, 2.0), call(run, 5.0))) == (1.0, 5.0)
    assert report.reasons == {
        "a network call could not be forecast after others of its evaluation had been": 1
    }


def test_an_evaluation_without_a_network_call_ends_the_run() -> None:
    run, report = session((FULL, REUSE, REUSE, FULL))
    evaluated(run, 0, lambda: None)
    assert report.bypass == "no call of the network was seen"
    assert evaluated(run, 1, lambda: call(run, 2.0)) == 2.0


def test_a_plan_without_forecasts_is_said() -> None:
    run, report = session((FULL, FULL, FULL, FULL))
    assert evaluated(run, 0, lambda: call(run, 3.0)) == 3.0
    assert report.bypass == "the plan computes every evaluation"


def test_another_shape_is_another_stream() -> None:
    run, report = session((FULL, REUSE, REUSE, FULL))
    evaluated(run, 0, lambda: call(run, 1.0))
    other = KEY._replace(shape=(1, 2, 4, 4))
    assert evaluated(run, 1, lambda: call(run, 2.0, other)) == 2.0
    assert report.forecast == 0
