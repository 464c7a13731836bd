"""Forecache Calibrate on a simulated ComfyUI: what it makes, what it refuses before sampling."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from comfy_host import SampleRun
from contract_run import attached
from fake_comfy_api import FakeServer, install, run_node, uninstall
from sidecar_server import SidecarServer
from simulated_host import SimulatedHost

from forecache.calibration import Preset
from forecache.client import SidecarSource
from forecache.errors import ForecacheError, NoPlanError

RUN = SampleRun(steps=8, cfg=2.0)
WIDGETS = {
    "name": "tiny",
    "full_calls": "4, 3",
    "runs": 2,
    "held_out": 1,
    "first_seed": 7,
}


@pytest.fixture(scope="module")
def sidecar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A sidecar's address and the directory of its presets, which it makes when it needs it."""
    folder = tmp_path_factory.mktemp("presets") / "made"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORECACHE_PRESETS", str(folder))
        server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    yield server.addresses[0], folder
    server.stop()


@pytest.fixture
def server() -> Iterator[FakeServer]:
    yield install()
    uninstall()


@pytest.fixture
def node(server: FakeServer, sidecar: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("FORECACHE_PRESETS", str(sidecar[1]))
    return importlib.import_module("forecache_comfyui.nodes.calibrate").ForecacheCalibrate


def wires(run: SampleRun = RUN) -> dict[str, Any]:
    host = SimulatedHost()
    asked = host.guiding(host.model("wan"), run)
    latent = {"latent_image": asked.latent}
    return {"guider": asked.guider, "sampler": asked.sampler, "sigmas": asked.sigmas, **latent}


def choice(**given: Any) -> Any:
    return importlib.import_module("forecache_comfyui.nodes.sources").SidecarChoice(**given)


def test_widgets_and_their_defaults(node: Any) -> None:
    schema = node.GET_SCHEMA()
    assert schema.is_output_node
    assert {each.id: each.default for each in schema.inputs if each.default is not None} == {
        "name": "my-preset",
        "full_calls": "12",
        "runs": 8,
        "held_out": 4,
        "first_seed": 100000,
    }


def test_what_it_makes_is_a_policy_by_name(
    node: Any, server: FakeServer, sidecar: tuple[str, Path]
) -> None:
    address, folder = sidecar
    with torch.inference_mode():
        made = run_node(node, "3", **wires(), **WIDGETS, sidecar=choice(address=address))
    name, report = made.result
    preset = Preset.load(folder / "tiny.json")
    assert name == preset.name == "tiny"
    assert [len(each.full_calls) for each in preset.variants] == [3, 4]
    assert preset.provenance.seeds == (7, 8)
    assert preset.provenance.note == "ComfyUI, latent 1x4x5x8x8"
    assert all(each.relative_error is not None for each in preset.variants)
    assert [each.name for each in folder.iterdir()] == ["tiny.json"]
    assert report.startswith("tiny: WanModel, euler, 8 calls, output; 2 runs, 1 held out")
    assert ("calibrating: 3 runs made", "3") in server.texts
    assert server.texts[-1] == (report, "3")

    source = SidecarSource(address, deadline_ms=10_000, connect_timeout_ms=10_000)
    policy = ("preset", {"preset": "tiny", "full_calls": 3})
    model = attached(SimulatedHost(), "wan", source, policy, granularity=None)
    model.sample(RUN)
    source.close()
    used = model.reports.newest
    assert (used.policy, used.granularity) == ("preset(tiny, full_calls=3)", "output")
    assert (used.full, used.forecast, used.warnings) == (3, 5, [])


def test_a_preset_keeps_its_granularity_where_the_sampler_adds_noise(
    node: Any, sidecar: tuple[str, Path]
) -> None:
    address, _ = sidecar
    run = replace(RUN, sampler="euler_ancestral")
    widgets = {**WIDGETS, "name": "noisy", "held_out": 0}
    run_node(node, None, **wires(run), **widgets, sidecar=choice(address=address))
    source = SidecarSource(address, deadline_ms=10_000, connect_timeout_ms=10_000)
    policy = ("preset", {"preset": "noisy", "full_calls": 4})
    model = attached(SimulatedHost(), "wan", source, policy, granularity=None)
    model.sample(run)
    source.close()
    assert (model.reports.newest.granularity, model.reports.newest.forecast) == ("output", 4)


@pytest.mark.parametrize(
    ("widgets", "message"),
    [
        ({"name": "a b"}, "name must be 1 to 100 letters, digits, dots, dashes and underscores"),
        ({"name": "taken"}, "name must be that of a new preset, "),
        ({"full_calls": "12;9"}, "full_calls must be integers with commas, such as 18, 12: got "),
        ({"full_calls": "0"}, "full_calls must be integers >= 1, got [0]"),
        ({"full_calls": "8"}, "full_calls must be below the calls of a run (8), got 8"),
    ],
)
def test_refused_before_anything_is_sampled(
    node: Any, sidecar: tuple[str, Path], widgets: dict[str, Any], message: str
) -> None:
    address, folder = sidecar
    folder.mkdir(exist_ok=True)
    (folder / "taken.json").touch()
    given = wires()
    given["guider"].sample = pytest.fail
    with pytest.raises(ForecacheError) as caught:
        run_node(
            node,
            None,
            **given,
            **{**WIDGETS, "name": "new", **widgets},
            sidecar=choice(address=address),
        )
    assert str(caught.value).startswith(message)
    (folder / "taken.json").unlink()


def test_a_mask_is_refused(node: Any) -> None:
    given = wires()
    given["latent_image"] = {**given["latent_image"], "noise_mask": torch.ones(1, 8, 8)}
    with pytest.raises(ForecacheError, match=r"^latent_image must have no noise_mask"):
        run_node(node, None, **given, **{**WIDGETS, "name": "new"})


def test_without_a_sidecar_it_says_how_to_get_one(
    node: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORECACHE_SIDECAR", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    widgets = {**WIDGETS, "name": "new"}
    with pytest.raises(
        NoPlanError, match=r"^no sidecar: start one with `python -m forecache serve"
    ):
        run_node(node, None, **wires(), **widgets)
    with pytest.raises(NoPlanError, match=r"^sidecar "):
        run_node(
            node,
            None,
            **wires(),
            **widgets,
            sidecar=choice(address=f"unix:{tmp_path / 'nobody.sock'}"),
        )
    with pytest.raises(ForecacheError, match=r"a plan file cannot calibrate$"):
        run_node(node, None, **wires(), **widgets, sidecar=choice(plan_file="plan.json"))
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"FORECACHE_PRESETS": "/a", "XDG_CONFIG_HOME": "/b"}, "/a"),
        ({"FORECACHE_PRESETS": "", "XDG_CONFIG_HOME": "/b"}, "/b/forecache/presets"),
        ({"XDG_CONFIG_HOME": "relative"}, str(Path.home() / ".config/forecache/presets")),
    ],
)
def test_presets_lie_where_the_sidecar_looks(environment: dict[str, str], expected: str) -> None:
    module = importlib.import_module("forecache_comfyui.calibration.preset_file")
    assert str(module.presets_directory(environment)) == expected
