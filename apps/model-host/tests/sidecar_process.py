"""A real sidecar in front of a model host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import grpc
import torch
from torch import Tensor

from forecache._generated.forecache.v1 import cache_pb2 as messages
from forecache._generated.forecache.v1 import model_host_pb2, plan_pb2
from forecache._generated.forecache.v1.cache_pb2_grpc import CacheServiceStub
from forecache_host.wire import decode_tensor, from_bytes
from host_process import ROOT, tensor

MAIN = ROOT / "apps/sidecar/dist/main.js"


class SidecarProcess:
    """`forecache serve` with one model host, ready when the constructor returns."""

    def __init__(self, socket: Path, host_address: str) -> None:
        node = shutil.which("node")
        assert node is not None, "these tests need node on PATH"
        listen = f"unix:{socket}"
        options = ["--listen", listen, "--model-host", host_address, "--json"]
        self.process = subprocess.Popen(
            [node, str(MAIN), "serve", *options, "--log-level", "silent"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "FORECACHE_EXIT_WITH_PARENT": "1"},
        )
        assert self.process.stdout is not None
        json.loads(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(listen)
        self.stub = CacheServiceStub(self.channel)

    def stop(self) -> None:
        """SIGTERM."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self.channel.close()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


def open_proxy_run(
    sidecar: SidecarProcess, policy: str, options: dict[str, str], granularity: str = "MODULE"
) -> messages.OpenRunResponse:
    """A run of ten calls whose network the sidecar drives."""
    label = model_host_pb2.NamedTensor(name="label", tensor=tensor(torch.tensor([1, 2])))
    branch = model_host_pb2.BranchConditioning(branch="joint", batch=2, tensors=[label])
    timesteps = [1000.0 - 100 * call for call in range(10)]
    return sidecar.stub.OpenRun(
        messages.OpenRunRequest(
            mode=messages.RUN_MODE_PROXY,
            policy=plan_pb2.PolicySpec(name=policy, options=options),
            granularity=plan_pb2.Granularity.Value(f"GRANULARITY_{granularity}"),
            run=plan_pb2.RunDescription(steps=10, timesteps=timesteps),
            branches=[branch],
        )
    )


def run_network(
    sidecar: SidecarProcess, run_id: str, call_index: int, given: Tensor
) -> tuple[Tensor, plan_pb2.CallPlan]:
    """One call of the network, and what was done."""
    answer = sidecar.stub.RunNetwork(
        messages.RunNetworkRequest(
            run_id=run_id, branch="joint", call_index=call_index, input=tensor(given)
        )
    )
    output = decode_tensor(answer.output, "output")
    assert isinstance(output.place, bytes)
    return from_bytes(output.place, output.type), answer.plan


def sample(
    sidecar: SidecarProcess, policy: str, options: dict[str, str], granularity: str = "MODULE"
) -> tuple[Tensor, list[plan_pb2.ActionKind.ValueType], messages.RunStatistics]:
    """A short sampling loop: the sample, the kind of every call, and the run's statistics."""
    opened = open_proxy_run(sidecar, policy, options, granularity)
    state = torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(7))
    kinds = []
    for call_index in range(10):
        output, plan = run_network(sidecar, opened.run_id, call_index, state)
        state = state - 0.1 * output
        kinds += [plan.action.kind, *(each.action.kind for each in plan.exceptions)]
    closed = sidecar.stub.CloseRun(messages.CloseRunRequest(run_id=opened.run_id))
    return state, kinds, closed.statistics
