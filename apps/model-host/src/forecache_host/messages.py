"""Requests from the wire and descriptions to it. Whatever breaks a rule is refused here."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from forecache_host.host_error import invalid_argument
from forecache_host.plan_messages import (
    assert_identifier,
    decode_call_plan,
    decode_selection,
    decode_setup,
)
from forecache_host.requests import (
    BeginRun,
    BranchRequest,
    Combine,
    Forward,
    Measure,
    PlacedTensor,
    Region,
    RunCall,
)
from forecache_host.sites import ModelDescription, Site
from forecache_host.stubs import model_host_pb2, plan_pb2
from forecache_host.tensor_type import TensorType
from forecache_host.wire import decode_handle, decode_region, decode_tensor, encode_dtype

MAX_BRANCHES = 8
"""Largest number of guidance streams of a run."""

_RUN_ID = re.compile(r"[a-z0-9-]{1,64}")


def encode_description(
    host_id: str, description: ModelDescription
) -> model_host_pb2.DescribeResponse:
    """The answer of Describe."""
    conditioning = [
        model_host_pb2.NamedTensorType(name=name, type=_encode_type(tensor_type))
        for name, tensor_type in description.conditioning
    ]
    return model_host_pb2.DescribeResponse(
        host_id=host_id,
        model=description.model,
        sites=[_encode_site(site) for site in description.sites],
        input=_encode_type(description.input),
        output=_encode_type(description.output),
        conditioning=conditioning,
    )


def decode_run_id(run_id: str) -> str:
    """An id of a run, chosen by whoever opens it."""
    if _RUN_ID.fullmatch(run_id):
        return run_id
    raise invalid_argument("run_id", "1 to 64 characters of [a-z0-9-]", run_id)


def decode_begin_run(message: model_host_pb2.BeginRunRequest) -> BeginRun:
    """BeginRun. Whether it fits the network is the run's own check."""
    for index, timestep in enumerate(message.timesteps):
        if not math.isfinite(timestep):
            raise invalid_argument(f"timesteps[{index}]", "finite", timestep)
    return BeginRun(
        run_id=decode_run_id(message.run_id),
        branches=_decode_branches(message.branches),
        timesteps=tuple(message.timesteps),
        shared_directory=message.shared_directory,
        setup=decode_setup(message.setup, "setup"),
    )


def decode_forward(message: model_host_pb2.ForwardRequest) -> Forward:
    """Forward."""
    selection = None
    if message.HasField("selection"):
        selection = decode_selection(message.selection, "selection")
    return Forward(
        run_id=decode_run_id(message.run_id),
        branch=message.branch,
        call_index=message.call_index,
        site=message.site,
        input=_optional_input(message),
        output=_output_region(message),
        keep=message.keep,
        selection=selection,
    )


def decode_combine(message: model_host_pb2.CombineRequest) -> Combine:
    """Combine."""
    handles = [decode_handle(each, f"handles[{i}]") for i, each in enumerate(message.handles)]
    release = [decode_handle(each, f"release[{i}]") for i, each in enumerate(message.release)]
    return Combine(
        run_id=decode_run_id(message.run_id),
        handles=tuple(handles),
        weights=tuple(message.weights),
        output=_output_region(message),
        release=tuple(release),
    )


def decode_measure(message: model_host_pb2.MeasureRequest) -> Measure:
    """Measure."""
    run_id = decode_run_id(message.run_id)
    if not message.HasField("input"):
        raise invalid_argument("input", "set", None)
    tensor = decode_tensor(message.input, "input")
    return Measure(run_id, message.branch, message.call_index, tensor)


def decode_run_call(message: model_host_pb2.RunCallRequest) -> RunCall:
    """RunCall."""
    run_id = decode_run_id(message.run_id)
    if not message.HasField("plan"):
        raise invalid_argument("plan", "set", None)
    plan = decode_call_plan(message.plan, "plan")
    return RunCall(run_id, message.branch, plan, _optional_input(message), _output_region(message))


def _decode_branches(
    messages: Sequence[model_host_pb2.BranchConditioning],
) -> tuple[BranchRequest, ...]:
    if not 1 <= len(messages) <= MAX_BRANCHES:
        raise invalid_argument("branches", f"1 to {MAX_BRANCHES} branches", len(messages))
    branches: list[BranchRequest] = []
    for index, message in enumerate(messages):
        name = f"branches[{index}]"
        if message.batch < 1:
            raise invalid_argument(f"{name}.batch", "an integer >= 1", message.batch)
        if any(branch.branch == message.branch for branch in branches):
            raise invalid_argument(f"{name}.branch", "named once", message.branch)
        assert_identifier(f"{name}.branch", message.branch)
        tensors = _decode_named(message.tensors, f"{name}.tensors")
        branches.append(BranchRequest(message.branch, message.batch, tensors))
    return tuple(branches)


def _decode_named(
    messages: Sequence[model_host_pb2.NamedTensor], name: str
) -> tuple[tuple[str, PlacedTensor], ...]:
    named = []
    for index, message in enumerate(messages):
        path = f"{name}[{index}]"
        if not message.HasField("tensor"):
            raise invalid_argument(f"{path}.tensor", "set", None)
        assert_identifier(f"{path}.name", message.name)
        named.append((message.name, decode_tensor(message.tensor, f"{path}.tensor")))
    return tuple(named)


def _optional_input(
    message: model_host_pb2.ForwardRequest | model_host_pb2.RunCallRequest,
) -> PlacedTensor | None:
    return decode_tensor(message.input, "input") if message.HasField("input") else None


def _output_region(
    message: model_host_pb2.ForwardRequest
    | model_host_pb2.CombineRequest
    | model_host_pb2.RunCallRequest,
) -> Region | None:
    return decode_region(message.output, "output") if message.HasField("output") else None


def _encode_type(tensor_type: TensorType) -> model_host_pb2.TensorType:
    return model_host_pb2.TensorType(dtype=encode_dtype(tensor_type.dtype), shape=tensor_type.shape)


def _encode_site(site: Site) -> model_host_pb2.SiteDescription:
    constant = f"SITE_KIND_{site.kind.upper().replace('-', '_')}"
    return model_host_pb2.SiteDescription(
        name=site.name,
        kind=plan_pb2.SiteKind.Value(constant),
        block=site.block,
        input=None if site.input is None else _encode_type(site.input),
        output=_encode_type(site.output),
        flops=site.flops,
        forwardable=site.forwardable,
    )
