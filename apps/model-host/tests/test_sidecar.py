"""The whole chain: client, sidecar in proxy mode, Python model host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import torch

from forecache._generated.forecache.v1 import cache_pb2, model_host_pb2, plan_pb2
from forecache_host.tiny_dit import tiny_dit
from host_process import HostProcess, tensor
from layout_calls import BATCH, LayoutCase, layout_case
from served import served
from sidecar_process import SidecarProcess, open_proxy_run, run_network, sample


@pytest.fixture(scope="module")
def sidecar(
    host: HostProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SidecarProcess]:
    process = SidecarProcess(tmp_path_factory.mktemp("sidecar") / "s.sock", host.address)
    yield process
    process.stop()


def reference() -> torch.Tensor:
    """The sampling loop of `sample` with the model itself, without any of forecache."""
    model = tiny_dit()
    state = torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(7))
    with torch.inference_mode():
        for call_index in range(10):
            timestep = torch.full((2,), 1000.0 - 100 * call_index)
            labels = torch.tensor([1, 2])
            state = state - 0.1 * model(state, timestep, labels, return_dict=False)[0]
    return state


def test_interval_1_gives_the_bits_of_the_model_without_forecache(sidecar: SidecarProcess) -> None:
    state, kinds, _ = sample(sidecar, "taylorseer", {"interval": "1"})
    assert set(kinds) == {plan_pb2.ACTION_KIND_FULL}
    assert torch.equal(state, reference())


@pytest.mark.parametrize("granularity", ["MODULE", "RESIDUAL", "HIDDEN", "OUTPUT", "CHANGE"])
def test_taylorseer_of_order_0_is_fora_to_the_bit(
    sidecar: SidecarProcess, granularity: str
) -> None:
    options = {"interval": "3", "warmup": "1"}
    taylor, _, statistics = sample(sidecar, "taylorseer", {**options, "order": "0"}, granularity)
    fora, kinds, _ = sample(sidecar, "fora", options, granularity)
    assert plan_pb2.ACTION_KIND_REUSE in kinds
    assert statistics.forecast_calls > 0
    assert torch.equal(taylor, fora)
    assert not torch.equal(fora, reference())


def test_toca_computes_chosen_tokens(sidecar: SidecarProcess) -> None:
    state, _, statistics = sample(sidecar, "toca", {})
    assert statistics.partial > 0
    assert torch.isfinite(state).all()


@pytest.mark.parametrize(
    ("policy", "options"),
    [("teacache", {"threshold": "0.3"}), ("easycache", {}), ("first-block-cache", {})],
)
def test_adaptive_policies_decide_from_what_the_host_measures(
    sidecar: SidecarProcess, policy: str, options: dict[str, str]
) -> None:
    opened = open_proxy_run(sidecar, policy, options, "UNSPECIFIED")
    assert len(opened.setup.probes) > 0
    state, _, statistics = sample(sidecar, policy, options, "UNSPECIFIED")
    assert statistics.full_calls + statistics.forecast_calls == 10
    assert torch.isfinite(state).all()


def flux_sample(
    sidecar: SidecarProcess, case: LayoutCase, policy: str, granularity: str
) -> tuple[torch.Tensor, cache_pb2.RunStatistics]:
    """Six calls of a tiny FLUX, whose modules nobody can forward one by one."""
    tensors = [
        model_host_pb2.NamedTensor(name=name, tensor=tensor(value))
        for name, value in case.conditioning.items()
    ]
    branch = model_host_pb2.BranchConditioning(branch="joint", batch=BATCH, tensors=tensors)
    opened = sidecar.stub.OpenRun(
        cache_pb2.OpenRunRequest(
            mode=cache_pb2.RUN_MODE_PROXY,
            policy=plan_pb2.PolicySpec(name=policy, options={"interval": "3"}),
            granularity=plan_pb2.Granularity.Value(f"GRANULARITY_{granularity}"),
            run=plan_pb2.RunDescription(steps=6, timesteps=[1 - call / 6 for call in range(6)]),
            branches=[branch],
        )
    )
    state = case.call(1, 0.0).image
    for call_index in range(6):
        output, _ = run_network(sidecar, opened.run_id, call_index, state)
        state = state - output / 6
    closed = sidecar.stub.CloseRun(cache_pb2.CloseRunRequest(run_id=opened.run_id))
    return state, closed.statistics


@pytest.mark.parametrize(
    "granularity", ["MODULE", "BLOCK", "RESIDUAL", "HIDDEN", "OUTPUT", "CHANGE"]
)
def test_a_flux_runs_by_plan_through_the_sidecar(tmp_path: Path, granularity: str) -> None:
    case = layout_case("FluxTransformer2DModel")
    with served(case.network, tmp_path / "host.sock") as _:
        sidecar = SidecarProcess(tmp_path / "s.sock", f"unix:{tmp_path / 'host.sock'}")
        try:
            state, statistics = flux_sample(sidecar, case, "fora", granularity)
        finally:
            sidecar.stop()
    assert statistics.forecast_calls > 0
    assert torch.isfinite(state).all()


def test_a_killed_host_is_told_to_the_client_by_name(tmp_path: Path) -> None:
    host = HostProcess(tmp_path / "host.sock")
    sidecar = SidecarProcess(tmp_path / "sidecar.sock", host.address)
    try:
        opened = open_proxy_run(sidecar, "taylorseer", {"interval": "3"})
        run_network(sidecar, opened.run_id, 0, torch.zeros(2, 2, 8, 8))
        host.process.kill()
        host.process.wait()
        with pytest.raises(grpc.RpcError) as failed:
            run_network(sidecar, opened.run_id, 1, torch.zeros(2, 2, 8, 8))
        assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
        assert host.address in (failed.value.details() or "")
    finally:
        sidecar.stop()
        host.stop()
