"""Every class with a sidecar that is down, slow, talks nonsense, or is killed and restarted: calls
that were not forecast are bit-identical, and the statistics say why.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_model import TinyModel
from tiny_models import TINY_MODELS
from torch import Tensor, nn

import forecache
from forecache._generated.forecache.v1 import plan_pb2
from forecache.client import SidecarSource
from forecache.diffusers import Handle, Statistics

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from fake_sidecar import FakeSidecar, served, socket_at
from sidecar_server import SidecarServer

CALLS = 5
KILLED_BEFORE = 2
PATIENT = {"deadline_ms": 10_000, "connect_timeout_ms": 10_000}

every_model = pytest.mark.parametrize("name", TINY_MODELS)


def made(transformer: nn.Module, model: TinyModel, calls: range) -> list[Tensor]:
    """The outputs of some calls of a run."""
    times = [model.timestep * (1 - 0.1 * call) for call in calls]
    with torch.no_grad():
        return [
            transformer(**model.inputs(1, time), return_dict=False)[0].clone() for time in times
        ]


def are_equal(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(*pair) for pair in zip(one, other, strict=True))


def run_with(name: str, source: SidecarSource) -> Statistics:
    """A run of every call, each of which must be what it is without forecache."""
    model = TINY_MODELS[name]
    transformer = model.build()
    expected = made(transformer, model, range(CALLS))
    with forecache.enabled(
        transformer, sidecar=source, granularity="hidden", steps=CALLS
    ) as handle:
        assert are_equal(made(transformer, model, range(CALLS)), expected)
        stats = handle.stats()
    source.close()
    assert stats.forecast_calls == {}
    assert sum(stats.reasons.values()) == CALLS
    return stats


@every_model
def test_a_sidecar_that_is_down(name: str, tmp_path: Path) -> None:
    stats = run_with(name, SidecarSource(socket_at(tmp_path)))
    assert all(reason.startswith("sidecar unreachable: ") for reason in stats.reasons)
    assert stats.warnings[0].startswith("no plan: sidecar unreachable: ")
    assert stats.warnings[0].endswith("; every call will be computed in full")


@pytest.mark.parametrize("method", ["OpenRun", "Decide"])
@every_model
def test_a_sidecar_that_is_slower_than_the_deadline(name: str, method: str, tmp_path: Path) -> None:
    fake, release = FakeSidecar(), threading.Event()
    fake.before_answer[method] = release.wait
    times = {**PATIENT, "connect_timeout_ms" if method == "OpenRun" else "deadline_ms": 50}
    with served(fake, socket_at(tmp_path)):
        try:
            stats = run_with(name, SidecarSource(socket_at(tmp_path), **times))
        finally:
            release.set()
    reason = "sidecar unreachable: deadline of 50 ms passed"
    assert all(each.startswith(reason) for each in stats.reasons)


def another_call(_index: int) -> plan_pb2.CallPlan:
    return plan_pb2.CallPlan(call_index=77)


def infinite_weights(index: int) -> plan_pb2.CallPlan:
    kind = plan_pb2.ACTION_KIND_FORECAST
    action = plan_pb2.Action(kind=kind, weights=[float("inf")])
    return plan_pb2.CallPlan(call_index=index, action=action)


def a_forecast_from_nothing(index: int) -> plan_pb2.CallPlan:
    action = plan_pb2.Action(kind=plan_pb2.ACTION_KIND_REUSE)
    return plan_pb2.CallPlan(call_index=index, action=action)


@pytest.mark.parametrize(
    ("decide", "reason"),
    [
        (another_call, "malformed answer of the sidecar: plan.call_index must be 0, got 77"),
        (
            infinite_weights,
            "malformed answer of the sidecar: plan.action.weights[0] must be finite in float32, "
            "got inf",
        ),
        (
            a_forecast_from_nothing,
            "the history does not hold the calls that the forecast needs",
        ),
    ],
)
@every_model
def test_a_sidecar_that_talks_nonsense(
    name: str, decide: Callable[[int], plan_pb2.CallPlan], reason: str, tmp_path: Path
) -> None:
    fake = FakeSidecar()
    fake.decide = decide
    with served(fake, socket_at(tmp_path)):
        stats = run_with(name, SidecarSource(socket_at(tmp_path), **PATIENT))
    assert stats.reasons == {reason: CALLS}


@dataclass
class Interrupted:
    """A run whose sidecar is killed between two of its calls, and what it is compared with.

    alive: outputs of the same run with a sidecar that lives.
    """

    transformer: Any
    model: TinyModel
    uncached: list[Tensor]
    alive: list[Tensor]
    handle: Handle
    outputs: list[Tensor]

    @classmethod
    def begun(cls, model: TinyModel, source: SidecarSource, policy: str, **options: Any) -> Any:
        transformer = model.build()
        uncached = made(transformer, model, range(CALLS))
        handle = forecache.enable(
            transformer, policy, sidecar=source, granularity="residual", steps=CALLS, **options
        )
        alive = made(transformer, model, range(CALLS))
        handle.end_run()
        before = made(transformer, model, range(KILLED_BEFORE))
        return cls(transformer, model, uncached, alive, handle, before)

    def go_on(self) -> None:
        self.outputs += made(self.transformer, self.model, range(KILLED_BEFORE, CALLS))
        self.handle.end_run()


class Clock:
    """Seconds, for the pauses of the client."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def restarted(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[dict[str, Interrupted], dict[str, Interrupted], Clock]]:
    """Static and adaptive runs of every class; all have lost the sidecar that they began with."""
    torch.set_num_threads(1)
    address = f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}"
    server, clock = SidecarServer(address), Clock()
    source = SidecarSource(address, **PATIENT, clock=clock)
    static, adaptive = {}, {}
    for name, model in TINY_MODELS.items():
        static[name] = Interrupted.begun(model, source, "fora", interval=2)
        adaptive[name] = Interrupted.begun(model, source, "first-block-cache", threshold=1e6)
    server.kill()
    server = SidecarServer(address)
    for run in (*static.values(), *adaptive.values()):
        run.go_on()
    clock.now = 1000.0
    yield static, adaptive, clock
    for run in (*static.values(), *adaptive.values()):
        run.handle.disable()
    source.close()
    server.stop()


Restarted = tuple[dict[str, Interrupted], dict[str, Interrupted], Clock]


@every_model
def test_a_static_plan_outlives_its_sidecar(name: str, restarted: Restarted) -> None:
    run = restarted[0][name]
    assert are_equal(run.outputs, run.alive)
    stats = run.handle.stats()
    # Full: 0, 2, 4 of both runs.
    assert (stats.full_calls, stats.forecast_calls) == ({"joint": 6}, {"joint": 4})
    assert stats.reasons == {}
    assert not torch.equal(run.outputs[1], run.uncached[1])


@every_model
def test_an_adaptive_run_computes_what_nobody_decides(name: str, restarted: Restarted) -> None:
    run = restarted[1][name]
    stats = run.handle.stats()
    # The run whose sidecar lived, then 0 full and 1 forecast; nothing after that.
    alive = sum(not torch.equal(*pair) for pair in zip(run.alive, run.uncached, strict=True))
    assert alive > 1
    assert stats.forecast_calls == {"joint": alive + 1}
    assert are_equal(run.outputs[:1], run.uncached[:1])
    assert are_equal(run.outputs[KILLED_BEFORE:], run.uncached[KILLED_BEFORE:])
    assert sum(stats.reasons.values()) == CALLS - KILLED_BEFORE
    gone = ("sidecar unreachable: ", "the sidecar does not know the run, ")
    assert all(reason.startswith(gone) for reason in stats.reasons)


@every_model
def test_the_next_run_asks_the_sidecar_that_was_restarted(name: str, restarted: Restarted) -> None:
    run = restarted[1][name]
    before = run.handle.stats().forecast_calls["joint"]
    outputs = made(run.transformer, run.model, range(CALLS))
    run.handle.end_run()
    assert are_equal(outputs, run.alive)
    assert run.handle.stats().forecast_calls["joint"] > before
