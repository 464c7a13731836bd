"""The nodes in a real ComfyUI server: load, run, run again, stop, and get out of the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from comfy_root import WITHOUT, comfy_root
from contract_run import CLOSE, distance
from real_host import RealHost
from real_server import CHECKPOINTS, RealServer
from safetensors.torch import load_file, save_file
from server_workflows import (
    CALIBRATE,
    FORECACHE,
    REPORT,
    SAMPLER,
    SAVED,
    Case,
    Workflow,
    add_easy_cache,
    calibration,
    load_checkpoint,
    plain,
    with_node,
    with_simple_node,
)
from sidecar_server import SidecarServer, printed_by
from tiny_pack import EVALUATED
from torch import Tensor

from forecache.calibration import Preset

pytestmark = pytest.mark.skipif(comfy_root() is None, reason=WITHOUT)

CASE = Case()
KINDS = ("wan", "flux", "sd3", "hunyuan-video")
NODES = (
    "Forecache",
    "ForecacheAdvanced",
    "ForecacheSidecar",
    "ForecacheReport",
    "ForecacheCalibrate",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A ComfyUI that the tests of this file share."""
    root = comfy_root()
    assert root is not None
    started = RealServer(root, tmp_path_factory.mktemp("comfyui"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def sidecar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Where a real sidecar listens."""
    started = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    yield {"address": started.addresses[0]}
    started.stop()


def latent_of(server: RealServer, workflow: Workflow) -> Tensor:
    """The latent that a workflow saves."""
    return saved_latent(server, server.run(workflow))


def saved_latent(server: RealServer, history: Mapping[str, Any]) -> Tensor:
    """The latent that a prompt has saved."""
    return load_file(server.output(history, SAVED))["latent_tensor"]


def runs_of_node(server: RealServer) -> list[Mapping[str, Any]]:
    """What the statistics say of all runs of the node, oldest first."""
    runs: list[Mapping[str, Any]] = server.get(f"/forecache/statistics?node_id={FORECACHE}")["runs"]
    return runs


def newest_run(server: RealServer) -> Mapping[str, Any]:
    """What the statistics say of the newest run of the node."""
    return runs_of_node(server)[-1]


def test_the_nodes_are_there(server: RealServer) -> None:
    known = server.get("/object_info")
    assert [name for name in NODES if name not in known] == []
    loads = [
        line for line in server.log.splitlines() if "seconds" in line and "custom_nodes" in line
    ]
    (ours,) = [line for line in loads if line.endswith("forecache-node")]
    assert "FAILED" not in ours
    assert known["Forecache"]["input"]["required"]["interval"][1]["default"] == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_workflow_is_forecast_and_without_the_node_it_is_as_before(
    server: RealServer, sidecar: Mapping[str, str], kind: str
) -> None:
    """A node that is bypassed in the editor is not in the workflow that is queued."""
    case = replace(CASE, kind=kind)
    before = latent_of(server, plain(case))
    latent = latent_of(server, with_node(case, sidecar))
    run = newest_run(server)
    assert (run["full"], run["forecast"], run["bypass"]) == (4, 8, None)
    assert run["policy"].startswith("taylorseer(interval=3, order=1, warmup=1")
    assert run["outcome"] == "ok"
    assert 0 < distance(latent, before) < CLOSE
    again = server.run(plain(case))
    assert SAMPLER not in cached_nodes(again)
    assert torch.equal(saved_latent(server, again), before)


def test_a_preset_is_made(server: RealServer, sidecar: Mapping[str, str]) -> None:
    widgets = {"full_calls": "4", "runs": 2, "held_out": 1, "first_seed": 7}
    history = server.run(calibration(CASE, sidecar, name="tiny-wan", **widgets))
    (report,) = history["outputs"][CALIBRATE]["text"]
    assert report.startswith("tiny-wan: WanModel, euler, 12 calls, output; 2 runs, 1 held out")
    preset = Preset.load(server.folder / "presets" / "tiny-wan.json")
    (variant,) = preset.variants
    assert (len(variant.full_calls), preset.identity.guidance) == (4, CASE.cfg)
    assert variant.relative_error is not None
    assert variant.relative_error < CLOSE


def test_a_checkpoint_that_comfyui_loads_itself(
    server: RealServer, sidecar: Mapping[str, str], host: RealHost
) -> None:
    """The weights of the tiny SD3 are such that ComfyUI recognises the class and its size."""
    weights = host.model("sd3").model.diffusion_model.state_dict()
    save_file(dict(weights), server.folder / CHECKPOINTS / "tiny_sd3.safetensors")
    case = replace(CASE, kind="sd3", seed=5)
    built = latent_of(server, plain(case))
    loaded = latent_of(server, load_checkpoint(plain(case), "tiny_sd3.safetensors"))
    assert torch.equal(loaded, built)
    forecast = load_checkpoint(with_node(case, sidecar), "tiny_sd3.safetensors")
    assert 0 < distance(latent_of(server, forecast), built) < CLOSE
    assert newest_run(server)["forecast"] == 8


def test_the_report_node_says_what_the_statistics_say(
    server: RealServer, sidecar: Mapping[str, str]
) -> None:
    history = server.run(with_node(replace(CASE, seed=11), sidecar))
    (text,) = history["outputs"][REPORT]["text"]
    run = newest_run(server)
    assert text.startswith("WanModel, euler: 4 of 12 evaluations computed, 8 forecast\n")
    assert f"policy      {run['policy']}\n" in text
    assert [each["action"] for each in run["timeline"]].count("forecast") == 8


def test_another_seed_does_not_run_the_node_again(
    server: RealServer, sidecar: Mapping[str, str]
) -> None:
    first = latent_of(server, with_node(replace(CASE, seed=21), sidecar))
    runs = len(runs_of_node(server))
    history = server.run(with_node(replace(CASE, seed=22), sidecar))
    assert FORECACHE in cached_nodes(history)
    assert SAMPLER not in cached_nodes(history)
    second = saved_latent(server, history)
    assert distance(second, first) > 1
    assert len(runs_of_node(server)) == runs + 1
    assert newest_run(server)["forecast"] == 8
    expected = latent_of(server, plain(replace(CASE, seed=22)))
    assert distance(second, expected) < CLOSE


def test_a_run_that_is_stopped_and_the_next_one(
    server: RealServer, sidecar: Mapping[str, str]
) -> None:
    case = Case(steps=200, pause_ms=50, seed=31)
    evaluated = server.log.count(EVALUATED)
    started = server.submit(with_node(case, sidecar))
    server.wait_for_line(EVALUATED, evaluated + 5)
    server.post("/interrupt", {})
    status = server.wait(started)["status"]
    assert "execution_interrupted" in [name for name, _ in status["messages"]]
    run = newest_run(server)
    assert run["outcome"] == "interrupted"
    assert 5 <= len(run["timeline"]) < case.steps
    again = latent_of(server, with_node(replace(CASE, seed=31), sidecar))
    assert newest_run(server)["outcome"] == "ok"
    assert distance(again, latent_of(server, plain(replace(CASE, seed=31)))) < CLOSE


@pytest.mark.parametrize("place", [FORECACHE, SAMPLER], ids=["before", "after"])
def test_easy_cache_on_the_same_model(
    server: RealServer, sidecar: Mapping[str, str], place: str
) -> None:
    seed = 41 if place == FORECACHE else 42
    case = replace(CASE, seed=seed)
    alone = latent_of(server, add_easy_cache(plain(case), SAMPLER))
    both = latent_of(server, add_easy_cache(with_node(case, sidecar), place))
    assert torch.equal(both, alone)
    run = newest_run(server)
    assert run["bypass"] == "EasyCache is on the same model"
    assert run["forecast"] == 0


def test_a_plan_file_decides_alone(server: RealServer, tmp_path: Path) -> None:
    options = "--policy taylorseer --interval 4 --order 1 --warmup 1 --granularity output --json"
    plan = tmp_path / "plan.json"
    plan.write_text(printed_by(["plan", "--steps", str(CASE.steps), *options.split()]), "utf-8")
    latent = latent_of(server, with_node(replace(CASE, seed=51), {"plan_file": str(plan)}))
    run = newest_run(server)
    assert (run["full"], run["forecast"], run["bypass"]) == (3, 9, None)
    assert distance(latent, latent_of(server, plain(replace(CASE, seed=51)))) < CLOSE


def test_without_a_sidecar_everything_is_computed(server: RealServer) -> None:
    case = replace(CASE, seed=61)
    latent = latent_of(server, with_simple_node(case))
    run = newest_run(server)
    assert run["bypass"].startswith("no sidecar: start one with `python -m forecache serve`")
    assert torch.equal(latent, latent_of(server, plain(case)))


def test_an_interval_of_one_lets_the_model_through(server: RealServer) -> None:
    case = replace(CASE, seed=71)
    runs = len(server.get("/forecache/statistics")["runs"])
    latent = latent_of(server, with_simple_node(case, interval=1))
    assert torch.equal(latent, latent_of(server, plain(case)))
    assert len(server.get("/forecache/statistics")["runs"]) == runs


def test_a_wrong_option_stops_at_the_node(server: RealServer, sidecar: Mapping[str, str]) -> None:
    workflow = with_node(CASE, sidecar, start_percent=0.8, end_percent=0.2)
    status = server.wait(server.submit(workflow))["status"]
    assert status["status_str"] == "error"
    (error,) = [content for name, content in status["messages"] if name == "execution_error"]
    assert error["node_id"] == FORECACHE
    assert error["exception_message"].strip() == (
        "start_percent and end_percent must be 0 <= start < end <= 1, got 0.8 and 0.2"
    )


def cached_nodes(history: Mapping[str, Any]) -> list[str]:
    """Nodes that a prompt did not run."""
    (cached,) = [
        content["nodes"]
        for name, content in history["status"]["messages"]
        if name == "execution_cached"
    ]
    return list(cached)
