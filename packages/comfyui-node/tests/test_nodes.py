"""The nodes on a simulated ComfyUI: what they show, what they attach, what they refuse."""

from __future__ import annotations

import importlib
import importlib.util
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from comfy_host import SampleRun
from fake_comfy_api import FakeServer, executing, install, run_node, uninstall
from fake_sources import taylor_source
from simulated_host import SimulatedHost

from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import PlanSource

RUN = SampleRun(steps=12)
WIDGETS = {
    "policy": "taylorseer",
    "interval": 3,
    "order": 1,
    "start_percent": 0.0,
    "end_percent": 1.0,
    "verbose": True,
}
MORE = {
    "granularity": "auto",
    "forecaster": "official",
    "warmup": -1,
    "tail": -1,
    "cache_device": "model device",
    "cache_dtype": "model",
    "options": "",
}
SIDECAR = {
    "address": "",
    "plan_file": "",
    "deadline_ms": 50,
    "tls_root": "",
    "tls_certificate": "",
    "tls_key": "",
}


class Refusing:
    """A source that finds an option wrong."""

    def open_run(self, request: object) -> Any:
        raise ForecacheError("order must be an integer between 0 and 8, got 9")

    def close(self) -> None:
        pass


class Nobody:
    """A source without anybody."""

    def open_run(self, request: object) -> Any:
        raise NoPlanError("nobody is there")

    def close(self) -> None:
        pass


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """A server; reports of other tests are forgotten."""
    made = install()
    reports = importlib.import_module("forecache_comfyui.nodes.reports")
    reports.SHELF._filed.clear()
    yield made
    uninstall()


@pytest.fixture
def nodes(server: FakeServer) -> dict[str, Any]:
    """The nodes by id."""
    return {
        name: getattr(importlib.import_module(f"forecache_comfyui.nodes.{module}"), name)
        for module, name in (
            ("basic", "Forecache"),
            ("advanced", "ForecacheAdvanced"),
            ("sidecar", "ForecacheSidecar"),
            ("report", "ForecacheReport"),
            ("calibrate", "ForecacheCalibrate"),
        )
    }


def use(monkeypatch: pytest.MonkeyPatch, source: PlanSource) -> None:
    """Nodes without a sidecar of their own ask this source."""
    for name in ("basic", "advanced"):
        module = importlib.import_module(f"forecache_comfyui.nodes.{name}")
        monkeypatch.setattr(module, "source_for", lambda choice: source)


def test_every_input_says_what_it_does(nodes: dict[str, Any]) -> None:
    for name, node in nodes.items():
        schema = node.GET_SCHEMA()
        assert schema.node_id == name
        assert schema.category == "forecache"
        assert [each.id for each in schema.inputs if not each.tooltip] == []


def test_widgets_of_the_plain_node(nodes: dict[str, Any]) -> None:
    first, *widgets = nodes["Forecache"].GET_SCHEMA().inputs
    assert (first.id, first.io_type) == ("model", "MODEL")
    assert {each.id: each.default for each in widgets} == WIDGETS
    assert [each.id for each in widgets] == list(WIDGETS)
    assert widgets[0].options == [
        *("taylorseer", "fora", "hicache", "foca", "spectrum", "dmd", "auto", "easycache", "off")
    ]


def test_widgets_of_the_advanced_node_begin_as_those_of_the_plain_one(
    nodes: dict[str, Any],
) -> None:
    inputs = nodes["ForecacheAdvanced"].GET_SCHEMA().inputs
    names = [each.id for each in inputs]
    shared = ["policy", "interval", "order", "start_percent", "end_percent"]
    assert names == ["model", *shared, *MORE, "verbose", "sidecar"]
    assert {each.id: each.default for each in inputs if each.id in MORE} == MORE
    assert inputs[-1].optional
    assert inputs[-1].io_type == nodes["ForecacheSidecar"].GET_SCHEMA().outputs[0].io_type


@pytest.mark.parametrize(
    ("widgets", "reason"),
    [({"policy": "off"}, "policy off"), ({"interval": 1}, "interval 1")],
)
def test_off_passes_the_model_through(
    nodes: dict[str, Any],
    server: FakeServer,
    caplog: pytest.LogCaptureFixture,
    widgets: dict[str, Any],
    reason: str,
) -> None:
    model = object()  # nothing of it is touched
    with caplog.at_level(logging.INFO, logger="forecache"):
        output = run_node(nodes["Forecache"], "7", model=model, **{**WIDGETS, **widgets})
    assert output[0] is model
    assert caplog.messages == [f"forecache: off ({reason}): the model passes through as it is"]
    assert server.texts == [(f"off ({reason})", "7")]


def test_interval_1_does_not_switch_off_a_policy_without_an_interval(
    nodes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, taylor_source())
    model = SimulatedHost().model("wan")
    widgets = {**WIDGETS, "policy": "easycache", "interval": 1}
    assert run_node(nodes["Forecache"], "7", model=model, **widgets)[0] is not model


def test_a_run_shows_its_progress_and_is_reported(
    nodes: dict[str, Any], server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, taylor_source(interval=3, warmup=2))
    host = SimulatedHost()
    model = run_node(nodes["Forecache"], "7", model=host.model("wan"), **WIDGETS)[0]
    with executing("prompt", "9"):
        latent = host.sample(model, RUN)
        report = run_node(nodes["ForecacheReport"], "11", after=latent)
    # Full: 0, 1, 4, 7, 10.
    *progress, last = server.texts
    text, image, passed = report.result
    assert {node for _, node in progress} == {"7"}
    assert progress[-1][0].startswith("12/12 · 7 forecast · ")
    assert last == (text, "11")
    assert text.startswith("WanModel, euler: 5 of 12 evaluations computed, 7 forecast")
    assert report.ui.as_dict() == {"text": (text,)}
    assert image.shape[0] == 1
    assert image.shape[3] == 3
    assert passed is latent


def test_a_report_says_when_its_run_is_an_earlier_one(
    nodes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with executing("first", "11"):
        text = run_node(nodes["ForecacheReport"], "11", after=None)[0]
    assert text == "No run with a Forecache node so far: everything was computed."
    use(monkeypatch, taylor_source())
    host = SimulatedHost()
    model = run_node(nodes["Forecache"], "7", model=host.model("wan"), **WIDGETS)[0]
    with executing("second", "9"):
        host.sample(model, RUN)
    with executing("third", "11"):
        text = run_node(nodes["ForecacheReport"], "11", after=None)[0]
    assert text.startswith("Nothing was sampled with a Forecache node in this prompt. The run")
    assert "WanModel, euler" in text


def test_a_report_has_every_run_of_its_prompt(
    nodes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, taylor_source())
    host = SimulatedHost()
    with executing("prompt", "9"):
        for node_id, kind in (("1", "wan"), ("2", "flux")):
            model = run_node(nodes["Forecache"], node_id, model=host.model(kind), **WIDGETS)[0]
            host.sample(model, RUN)
        text, image, _ = run_node(nodes["ForecacheReport"], "11", after=None).result
    first, second = text.split("\n\n")
    assert first.startswith("WanModel")
    assert second.startswith("Flux")
    assert image.shape[1] > 800  # two panels below each other


def test_a_report_is_written_at_every_prompt(nodes: dict[str, Any]) -> None:
    fingerprint = nodes["ForecacheReport"].fingerprint_inputs(after=None)
    assert fingerprint != fingerprint  # noqa: PLR0124 # as ComfyUI compares it with the last one


def test_without_a_plan_the_picture_is_the_plain_one_and_the_node_says_why(
    nodes: dict[str, Any], server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Nobody())
    host = SimulatedHost()
    model = run_node(nodes["Forecache"], "7", model=host.model("wan"), **WIDGETS)[0]
    assert torch.equal(host.sample(model, RUN), host.sample(host.model("wan"), RUN))
    assert server.texts[-1] == ("12/12 · 0 forecast · nobody is there", "7")


def test_a_wrong_option_is_told_in_the_words_of_who_decides(
    nodes: dict[str, Any],
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    use(monkeypatch, Refusing())
    host = SimulatedHost()
    words = "order must be an integer between 0 and 8, got 9"
    model = run_node(nodes["Forecache"], "7", model=host.model("wan"), **WIDGETS)[0]
    with executing("prompt", "9"):
        host.sample(model, RUN)
        report = run_node(nodes["ForecacheReport"], "11", after=None)[0]
    assert server.texts[-2][0].endswith(words)  # the last text is the report's
    assert f"bypassed    {words}" in report
    assert any(message.endswith(words) for message in caplog.messages)


def test_percents_out_of_order_are_refused_on_the_node(nodes: dict[str, Any]) -> None:
    widgets = {**WIDGETS, "start_percent": 0.8, "end_percent": 0.2}
    rule = "start_percent and end_percent must be 0 <= start < end <= 1, got 0.8 and 0.2"
    with pytest.raises(ForecacheError, match=rule):
        run_node(nodes["Forecache"], "7", model=SimulatedHost().model("wan"), **widgets)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"granularity": "layer"}, "granularity must be one of module, block, residual, hidden, "),
        ({"cache_dtype": "int8"}, "cache_dtype must be one of model, float32, bfloat16, float16, "),
        ({"cache_device": "disk"}, "cache_device must be one of model device, system memory, got"),
        ({"options": "scale 3"}, "options must be name=value, name=value, ..., got scale 3"),
        ({"options": "cache_threshold"}, "options must be name=value, name=value, ..., got"),
        ({"options": "warmup=3"}, "options must not name warmup: the node has a widget for it"),
    ],
)
def test_what_can_be_checked_is_refused_on_the_node(
    nodes: dict[str, Any], wrong: dict[str, Any], words: str
) -> None:
    model = SimulatedHost().model("wan")
    with pytest.raises(ForecacheError) as raised:
        run_node(nodes["ForecacheAdvanced"], "7", model=model, **{**WIDGETS, **MORE, **wrong})
    assert str(raised.value).startswith(words)


def test_the_advanced_node_hands_on_what_was_set(
    nodes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = taylor_source()
    use(monkeypatch, source)
    host = SimulatedHost()
    widgets = {
        **WIDGETS,
        **MORE,
        "granularity": "output",
        "warmup": 2,
        "forecaster": "newton",
        "options": "max_consecutive_forecasts=2",
        "start_percent": 0.25,
    }
    host.sample(
        run_node(nodes["ForecacheAdvanced"], "7", model=host.model("wan"), **widgets)[0], RUN
    )
    request = source.runs[0].request
    assert request.granularity == "output"
    options = dict(request.policy.options)
    mask = options.pop("step_mask")
    assert options == {
        "interval": "3",
        "order": "1",
        "warmup": "2",
        "forecaster": "newton",
        "max_consecutive_forecasts": "2",
    }
    # Flow matching without a shift: a quarter of 12 evaluations lies above sigma 0.75.
    assert mask == "111000000000"


def test_a_plan_file_decides_in_place_of_a_sidecar(
    nodes: dict[str, Any], tmp_path: Path, server: FakeServer
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan_of(12)))
    sidecar = run_node(nodes["ForecacheSidecar"], "3", **{**SIDECAR, "plan_file": str(file)})[0]
    host = SimulatedHost()
    widgets = {**WIDGETS, **MORE, "granularity": "output", "sidecar": sidecar}
    model = run_node(nodes["ForecacheAdvanced"], "7", model=host.model("wan"), **widgets)[0]
    host.sample(model, RUN)
    assert server.texts[-1][0].startswith("12/12 · 6 forecast")


def plan_of(calls: int) -> dict[str, Any]:
    """Every second call repeats the one before it."""
    full: dict[str, Any] = {"action": "full", "weights": []}
    again: dict[str, Any] = {"action": "reuse", "weights": [1]}
    return {
        "steps": calls,
        "policy": "by hand",
        "granularity": "output",
        "calls": [{"call": call, **(again if call % 2 else full)} for call in range(calls)],
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"address": "nowhere"}, "sidecar must be unix:/path or host:port, got nowhere"),
        ({"plan_file": "/no/such/plan.json"}, "plan file /no/such/plan.json cannot be read: "),
        (
            {"address": "unix:/a", "plan_file": "/b"},
            "address and plan_file cannot both be given: one of them decides",
        ),
        (
            {"address": "localhost:1", "tls_key": "/k"},
            "tls.certificate and tls.key must be given together",
        ),
        ({"address": "localhost:1", "tls_root": "/no/ca"}, "tls.root must be a readable file, "),
        ({"plan_file": "/b", "tls_root": "/ca"}, "plan_file needs no TLS files: "),
    ],
)
def test_a_sidecar_that_cannot_be_is_refused_on_the_node(
    nodes: dict[str, Any], given: dict[str, Any], words: str
) -> None:
    with pytest.raises(ForecacheError) as raised:
        run_node(nodes["ForecacheSidecar"], "3", **{**SIDECAR, **given})
    assert str(raised.value).startswith(words)


def test_a_plan_file_that_is_written_anew_is_read_anew(
    nodes: dict[str, Any], tmp_path: Path
) -> None:
    fingerprint = nodes["ForecacheSidecar"].fingerprint_inputs
    file = tmp_path / "plan.json"
    missing = fingerprint(plan_file=str(file), address="")
    file.write_text("{}")
    assert fingerprint(plan_file=str(file), address="") != missing


async def entry(path: Path) -> Any:
    """Loads the pack as ComfyUI does: by its path."""
    spec = importlib.util.spec_from_file_location("custom_nodes_pack", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return await module.comfy_entrypoint()


PACK = Path(__file__).parents[1] / "__init__.py"


def finished(coroutine: Any) -> Any:
    """The result of a coroutine that waits for nothing."""
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)
    return stopped.value.value


def test_comfyui_loads_the_pack_and_its_route(nodes: dict[str, Any], server: FakeServer) -> None:
    extension = finished(entry(PACK))
    assert finished(extension.get_node_list()) == list(nodes.values())
    assert list(server.routes.get_handlers) == ["/forecache/statistics"]


def test_without_the_distribution_the_pack_says_what_to_type(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"python -m pip install out/wheels/forecache-\*\.whl"):
        finished(entry(PACK))
