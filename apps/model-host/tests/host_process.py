"""A model host as a process of the tests, and what its callers send."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import torch
from torch import Tensor

from forecache._generated.forecache.v1 import model_host_pb2 as messages
from forecache._generated.forecache.v1 import plan_pb2, tensor_pb2
from forecache._generated.forecache.v1.model_host_pb2_grpc import ModelHostServiceStub
from forecache_host.requests import PlacedTensor
from forecache_host.tensor_type import type_of
from forecache_host.wire import byte_view, encode_tensor

ROOT = Path(__file__).resolve().parents[3]
SOURCES = (ROOT / "apps/model-host/src", ROOT / "packages/python/src")


class HostProcess:
    """`python -m forecache_host` on a Unix socket, ready when the constructor returns."""

    def __init__(self, socket: Path, *options: str) -> None:
        self.socket = socket
        self.address = f"unix:{socket}"
        network = () if "--model" in options else ("--tiny-dit",)
        command = [sys.executable, "-m", "forecache_host", *network, "--listen", self.address]
        self.process = subprocess.Popen(
            [*command, "--threads", "1", "--json", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, SOURCES)),
                "FORECACHE_EXIT_WITH_PARENT": "1",
            },
        )
        assert self.process.stdout is not None
        self.ready: dict[str, object] = json.loads(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(self.address)
        self.stub = ModelHostServiceStub(self.channel)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal and returns the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self.channel.close()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        return code


def tensor(values: Tensor) -> tensor_pb2.Tensor:
    """The message of a tensor with its bytes inline."""
    return encode_tensor(PlacedTensor(type_of(values), bytes(byte_view(values))))


def image(seed: int = 0, batch: int = 2) -> Tensor:
    """A network input of the tiny DiT."""
    return torch.randn(batch, 2, 8, 8, generator=torch.Generator().manual_seed(seed))


def begin_run(run_id: str, **change: object) -> messages.BeginRunRequest:
    """A run of five calls of one branch `joint` with labels 1 and 2, without a setup."""
    label = messages.NamedTensor(name="label", tensor=tensor(torch.tensor([1, 2])))
    branch = messages.BranchConditioning(branch="joint", batch=2, tensors=[label])
    fields = {"branches": [branch], "timesteps": [900.0, 700.0, 500.0, 300.0, 100.0], **change}
    return messages.BeginRunRequest(run_id=run_id, **fields)  # type: ignore[arg-type] # by name


def run_call(run_id: str, call_index: int, kind: str = "FULL") -> messages.RunCallRequest:
    """A call of the run's branch with one action at every kept site."""
    action = plan_pb2.Action(kind=plan_pb2.ActionKind.Value(f"ACTION_KIND_{kind}"))
    plan = plan_pb2.CallPlan(call_index=call_index, action=action)
    given = tensor(image(call_index))
    return messages.RunCallRequest(run_id=run_id, branch="joint", plan=plan, input=given)
