"""Requests that nobody waits for any more, and runs that nobody uses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import grpc
import pytest
import torch
from torch import Tensor

from forecache._generated.forecache.v1 import model_host_pb2 as messages
from forecache.plan import CallPlan, RunSetup
from forecache_host.call_walk import CallWalk, FinishedCall, SiteCounts, WalkHost
from forecache_host.host_error import HostError
from forecache_host.network import CallInput
from forecache_host.runs import RunTable
from forecache_host.sites import ModelDescription, Site
from forecache_host.tensor_type import TensorType
from host_process import begin_run, run_call
from served import WAIT_SECONDS, served


class SlowNetwork:
    """A network whose calls last until they are allowed to go on or nobody waits for them."""

    def __init__(self) -> None:
        image = TensorType("float32", (2, 8, 8))
        site = Site("output", "output", image)
        label = ("label", TensorType("int64", ()))
        self.description = ModelDescription("slow", (site,), image, image, (label,))
        self.device = torch.device("cpu")
        self.is_allowed = threading.Event()
        self.entered = threading.Event()
        self.given_up = threading.Event()

    def assert_conditioning(self, name: str, tensors: Mapping[str, Tensor]) -> None:
        pass

    def assert_setup(self, setup: RunSetup) -> None:
        pass

    def begin_walk(self, call: CallInput, host: WalkHost) -> CallWalk:
        return SlowWalk(self, call, host)


class SlowWalk:
    def __init__(self, network: SlowNetwork, call: CallInput, host: WalkHost) -> None:
        self._network, self._call, self._host = network, call, host
        self.scalars: Mapping[str, float] = {}

    def finish(self, plan: CallPlan) -> FinishedCall:
        self._network.entered.set()
        while not self._network.is_allowed.wait(0.01):
            try:
                self._host.check()
            except HostError:
                self._network.given_up.set()
                raise
        return FinishedCall(self._call.image, SiteCounts(), lambda: None)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_a_call_that_nobody_waits_for_stops_and_the_run_goes_on(tmp_path: Path, how: str) -> None:
    network = SlowNetwork()
    with served(network, tmp_path / "host.sock") as stub:
        stub.BeginRun(begin_run("run"))
        timeout = 0.5 if how == "deadline" else None
        pending = stub.RunCall.future(run_call("run", 0), timeout=timeout)
        assert network.entered.wait(WAIT_SECONDS)
        if how == "cancel":
            pending.cancel()  # type: ignore[no-untyped-call] # the stubs say nothing of it
        assert network.given_up.wait(WAIT_SECONDS)
        network.is_allowed.set()
        answer = stub.RunCall(run_call("run", 0))
        assert list(answer.output.shape) == [2, 2, 8, 8]


def test_a_host_that_closes_gives_up_what_it_computes(tmp_path: Path) -> None:
    network = SlowNetwork()
    with served(network, tmp_path / "host.sock") as stub:
        stub.BeginRun(begin_run("run"))
        pending = stub.RunCall.future(run_call("run", 0))
        assert network.entered.wait(WAIT_SECONDS)
    assert network.given_up.is_set()
    assert pending.code() is grpc.StatusCode.UNAVAILABLE
    assert pending.details() == "the model host is shutting down"


def test_a_network_without_forwardable_sites_refuses_forward(tmp_path: Path) -> None:
    with served(SlowNetwork(), tmp_path / "host.sock") as stub:
        stub.BeginRun(begin_run("run"))
        request = messages.ForwardRequest(run_id="run", branch="joint", site="output")
        (answer,) = stub.Forward(iter([request]))
        assert answer.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        expected = "site output cannot be forwarded: it is composed of other sites"
        assert answer.error.message == expected


class FakeRun:
    """Stands for a run: the table only hands it on."""


def table(work: Callable[[RunTable, list[object]], object], **options: float) -> list[object]:
    """Runs `work` with a table on an event loop; returns the runs that were ended."""
    ended: list[object] = []

    async def end(run: object) -> None:
        ended.append(run)

    async def main() -> None:
        result = work(RunTable(end, **options), ended)  # type: ignore[arg-type] # a fake run
        assert asyncio.iscoroutine(result)
        await result

    asyncio.run(main())
    return ended


async def begun() -> FakeRun:
    return FakeRun()


def test_a_run_that_fails_to_open_gives_its_id_back() -> None:
    async def failing() -> FakeRun:
        raise HostError("invalid-argument", "no")

    async def work(runs: RunTable, ended: list[object]) -> None:
        with pytest.raises(HostError, match="no"):
            await runs.open("a", failing)  # type: ignore[arg-type] # a fake run
        await runs.open("a", begun)  # type: ignore[arg-type] # a fake run
        with pytest.raises(HostError, match="run a is open already"):
            await runs.open("a", begun)  # type: ignore[arg-type] # a fake run

    table(work)


def test_a_run_is_ended_once_and_ending_it_again_is_no_error() -> None:
    async def work(runs: RunTable, ended: list[object]) -> None:
        await runs.open("a", begun)  # type: ignore[arg-type] # a fake run
        await asyncio.gather(runs.end("a"), runs.end("a"))
        await runs.end("a")
        with pytest.raises(HostError, match="run a is not open on this host"):
            await runs.use("a", lambda run: begun())

    assert len(table(work)) == 1


def test_a_run_that_nobody_uses_is_ended() -> None:
    async def work(runs: RunTable, ended: list[object]) -> None:
        await runs.open("a", begun)  # type: ignore[arg-type] # a fake run
        while len(runs) > 0:
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert len(table(work, idle_seconds=0.0)) == 1
