"""Models from a directory, and the limits of a server, over gRPC."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import grpc
import pytest
import torch
from diffusers import DiTTransformer2DModel
from tiny_models import TINY_MODELS

from forecache._generated.forecache.v1 import model_host_pb2 as messages
from forecache._generated.forecache.v1 import plan_pb2
from forecache._generated.forecache.v1.model_host_pb2_grpc import ModelHostServiceStub
from forecache.errors import ForecacheError
from forecache_host.cli import compile_options, parser
from forecache_host.dit_network import DitNetwork
from forecache_host.load_network import load_network
from forecache_host.options import HostOptions
from forecache_host.server import ServerLimits
from forecache_host.tiny_dit import tiny_dit
from forecache_host.wire import decode_tensor, from_bytes
from host_process import begin_run, run_call, tensor
from served import served


def options_of(*arguments: str) -> HostOptions:
    """The options of a command line that listens somewhere."""
    return compile_options(parser().parse_args([*arguments, "--listen", "unix:/tmp/x.sock"]), {})


def output_of(answer: messages.RunCallResponse) -> torch.Tensor:
    placed = decode_tensor(answer.output, "output")
    assert isinstance(placed.place, bytes)
    return from_bytes(placed.place, placed.type)


def test_limits_are_told_by_status_and_number(tmp_path: Path) -> None:
    limits = ServerLimits(max_message_bytes=2000, run_limit_bytes=1500, max_runs=1)
    network = DitNetwork(tiny_dit(), "tiny")
    with served(network, tmp_path / "host.sock", limits) as stub:
        _assert_limits(stub)


def _assert_limits(stub: ModelHostServiceStub) -> None:
    # 2 samples of 2 x 8 x 8 float32 values are 1024 bytes.
    setup = plan_pb2.RunSetup(
        granularity=plan_pb2.GRANULARITY_OUTPUT, sites=["output"], history_size=2
    )
    stub.BeginRun(begin_run("run", setup=setup))
    first = output_of(stub.RunCall(run_call("run", 0)))

    def refused(call: Any, request: object) -> str:
        with pytest.raises(grpc.RpcError) as failed:
            call(request)
        assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        return failed.value.details() or ""

    assert refused(stub.BeginRun, begin_run("two")) == "all 1 runs of this host are in use"
    assert refused(stub.RunCall, run_call("run", 1)) == (
        "tensor memory is full: requested 1024 bytes, held 1024 bytes, limit 1500 bytes"
    )
    # The refused call is not stored: reuse is still that of the first.
    reused = output_of(stub.RunCall(run_call("run", 2, "REUSE")))
    assert torch.equal(reused, first)
    large = run_call("run", 3)
    large.input.inline = bytes(4000)
    assert "2000" in refused(stub.RunCall, large)
    stub.EndRun(messages.EndRunRequest(run_id="run"))
    stub.BeginRun(begin_run("two"))


def test_a_saved_dit_is_served_with_the_bits_of_the_model(tmp_path: Path) -> None:
    model = tiny_dit()
    model.save_pretrained(tmp_path / "my-dit")
    options = options_of("--model", str(tmp_path / "my-dit"))
    with served(load_network(options), tmp_path / "host.sock") as stub:
        _assert_dit(stub, model)


def _assert_dit(stub: ModelHostServiceStub, model: DiTTransformer2DModel) -> None:
    assert stub.Describe(messages.DescribeRequest()).model == "my-dit"
    stub.BeginRun(begin_run("run"))
    request = run_call("run", 1)
    output = output_of(stub.RunCall(request))
    placed = decode_tensor(request.input, "input")
    assert isinstance(placed.place, bytes)
    image = from_bytes(placed.place, placed.type)
    with torch.inference_mode():
        expected = model(image, torch.full((2,), 700.0), torch.tensor([1, 2]), return_dict=False)[0]
    assert torch.equal(output, expected)


def test_a_saved_flux_is_served_by_the_shapes_of_its_call(tmp_path: Path) -> None:
    tiny = TINY_MODELS["FluxTransformer2DModel"]
    model, inputs = tiny.build(), tiny.inputs(seed=1, batch=1)
    model.save_pretrained(tmp_path / "flux")  # type: ignore[operator] # a Diffusers model
    call = tmp_path / "call.json"
    call.write_text(
        json.dumps(
            {
                "input": {"shape": [16, 4]},
                "tensors": [
                    {"name": "encoder_hidden_states", "shape": [12, 32]},
                    {"name": "pooled_projections", "shape": [32]},
                    {"name": "img_ids", "shape": [16, 3], "shared": True},
                    {"name": "txt_ids", "shape": [12, 3], "shared": True},
                ],
                "per_sample": {"guidance": 3.5},
            }
        )
    )
    options = options_of("--model", str(tmp_path / "flux"), "--call", str(call))
    with served(load_network(options), tmp_path / "host.sock") as stub:
        output = _flux_output(stub, inputs)
    with torch.inference_mode():
        assert torch.equal(output, model(**inputs, return_dict=False)[0])


def _flux_output(stub: ModelHostServiceStub, inputs: dict[str, Any]) -> torch.Tensor:
    names = ("encoder_hidden_states", "pooled_projections", "img_ids", "txt_ids")
    given = {name: inputs[name] for name in names}
    given["img_ids"], given["txt_ids"] = inputs["img_ids"][None], inputs["txt_ids"][None]
    tensors = [
        messages.NamedTensor(name=name, tensor=tensor(value)) for name, value in given.items()
    ]
    branch = messages.BranchConditioning(branch="joint", batch=1, tensors=tensors)
    timestep = float(inputs["timestep"][0])
    stub.BeginRun(begin_run("run", branches=[branch], timesteps=[timestep]))
    request = run_call("run", 0)
    request.input.CopyFrom(tensor(inputs["hidden_states"]))
    return output_of(stub.RunCall(request))


def test_a_directory_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"_class_name": "Nothing"}')
    with pytest.raises(ForecacheError) as refused:
        load_network(options_of("--model", str(tmp_path)))
    message = f"_class_name in {config} must be one of Diffusers, got Nothing"
    assert str(refused.value) == message


def test_a_model_whose_call_is_not_known_asks_for_it(tmp_path: Path) -> None:
    TINY_MODELS["FluxTransformer2DModel"].build().save_pretrained(tmp_path)  # type: ignore[operator] # a Diffusers model
    with pytest.raises(ForecacheError) as refused:
        load_network(options_of("--model", str(tmp_path)))
    assert str(refused.value) == (
        "--call must be given for a FluxTransformer2DModel: "
        "its configuration does not say how it is called"
    )
