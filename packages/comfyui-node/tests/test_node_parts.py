"""What the nodes are made of: policies, options, sources, live text, reports, statistics."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_comfy_api import install, uninstall

from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import PolicySpec, RunRequest
from forecache_comfyui.layouts import LAYOUTS
from forecache_comfyui.nodes.comfy_server import current_prompt, prompt_server, send_text
from forecache_comfyui.nodes.live_text import LiveText
from forecache_comfyui.nodes.option_text import parse_options
from forecache_comfyui.nodes.policies import ADVANCED, SIMPLE, WIDGETS, is_off, widget_options
from forecache_comfyui.nodes.reports import ReportShelf
from forecache_comfyui.nodes.sources import (
    NOBODY,
    FoundSource,
    SidecarChoice,
    close_sources,
    found_address,
    source_for,
)
from forecache_comfyui.nodes.statistics_route import register_route, statistics
from forecache_comfyui.run_report import FULL, Evaluation, RunReport

DOCS = Path(__file__).parents[3] / "docs"
OPTIONS = DOCS / "options.md"


@pytest.fixture(autouse=True)
def no_sources() -> Iterator[None]:
    """Every test begins without channels."""
    yield
    close_sources()


def report(node_id: str = "7", evaluations: int = 4) -> RunReport:
    return RunReport("Flux", "euler", evaluations, node_id)


def documented(policy: str) -> set[str]:
    """The options of a policy, as the page that the sidecar writes has them."""
    section = OPTIONS.read_text().split(f"\n### {policy}\n")[1].split("\n### ")[0]
    return set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


@pytest.mark.parametrize("policy", WIDGETS)
def test_widgets_are_options_of_the_policy(policy: str) -> None:
    has = {"interval", "order"} & documented(policy)
    assert set(WIDGETS[policy]) == has


def test_every_policy_is_offered_but_those_that_make_no_sense_here() -> None:
    text = OPTIONS.read_text().split("\n## Commands\n")[0]
    every = set(re.findall(r"^### (\S+)", text, re.MULTILINE))
    assert every - set(ADVANCED) == {"full", "fewer-steps", "toca", "duca", "scheduled"}
    assert set(SIMPLE) < set(ADVANCED)


def test_the_page_lists_the_known_classes() -> None:
    table = (DOCS / "comfyui.md").read_text().split("Known classes, ")[1].split("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(LAYOUTS)


def test_widget_options() -> None:
    assert widget_options("taylorseer", 3, 2) == {"interval": 3, "order": 2}
    assert widget_options("fora", 3, 2) == {"interval": 3}
    assert widget_options("easycache", 3, 2) == {}
    assert [is_off("fora", 1), is_off("fora", 2), is_off("easycache", 1), is_off("off", 9)] == [
        *(True, False, False, True)
    ]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        (" , ", {}),
        ("threshold=0.1", {"threshold": "0.1"}),
        ("a=1; b = two\nc=on", {"a": 1, "b": "two", "c": "on"}),
        ("coefficients=1,-2.5,.3, scale=0.6", {"coefficients": "1,-2.5,.3", "scale": "0.6"}),
        ("codebook=0.05:12,0.07:10", {"codebook": "0.05:12,0.07:10"}),
    ],
)
def test_options_as_text(text: str, options: dict[str, object]) -> None:
    assert parse_options(text) == options


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3", "options must be name=value, name=value, ..., got 3"),
        ("a=", "options must be name=value, name=value, ..., got a="),
        ("=1", "options must be name=value, name=value, ..., got =1"),
        ("a=1, b", "options must be name=value, name=value, ..., got b"),
        ("a=1, 2 b", "options must be name=value, name=value, ..., got 2 b"),
        ("a=1, a=2", "options must name a once"),
        ("order=2", "options must not name order: the node has a widget for it"),
    ],
)
def test_options_that_do_not_parse(text: str, words: str) -> None:
    with pytest.raises(ForecacheError, match=f"^{re.escape(words)}$"):
        parse_options(text, {"order"})


def test_an_address_has_one_source_in_a_process() -> None:
    one = source_for(SidecarChoice("unix:/run/one.sock"))
    assert source_for(SidecarChoice("unix:/run/one.sock")) is one
    assert source_for(SidecarChoice("unix:/run/one.sock", deadline_ms=80)) is not one
    assert source_for(SidecarChoice("unix:/run/two.sock")) is not one


def test_a_sidecar_is_looked_for_at_every_run(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    source = FoundSource(SidecarChoice(), environment)
    request = RunRequest(PolicySpec("taylorseer", {}), steps=4, calls=4)
    with pytest.raises(NoPlanError) as nobody:
        source.open_run(request)
    assert nobody.value.reason == NOBODY
    environment["FORECACHE_SIDECAR"] = f"unix:{tmp_path}/started-later.sock"
    with pytest.raises(NoPlanError) as down:
        source.open_run(request)
    assert down.value.reason != NOBODY  # it was asked, and did not answer


def test_the_default_socket_counts_only_where_a_sidecar_answers(tmp_path: Path) -> None:
    directory = tmp_path / "forecache"
    directory.mkdir(mode=0o700)
    (directory / "sidecar.sock").touch()
    assert found_address({"XDG_RUNTIME_DIR": str(tmp_path)}) is None
    named = {"XDG_RUNTIME_DIR": str(tmp_path), "FORECACHE_SIDECAR": "localhost:50051"}
    assert found_address(named) == "localhost:50051"


def test_live_text_comes_at_most_five_times_a_second_and_once_more_in_the_end() -> None:
    texts: list[tuple[str, str]] = []
    now = [0.0]
    shelf = ReportShelf()
    live = LiveText(
        "7",
        shelf=shelf,
        send=lambda text, node: texts.append((text, node)),
        clock=lambda: now[0],
        prompt=lambda: "prompt",
    )
    run = report()
    for index, at in enumerate((0.0, 0.1, 0.25, 0.3)):
        now[0] = at
        run.timeline.append(Evaluation(index, 1.0, FULL))
        live.progressed(run)
    assert [text for text, _ in texts] == ["1/4 · 0 forecast", "3/4 · 0 forecast"]
    live.ended(run)
    assert texts[-1] == ("4/4 · 0 forecast", "7")
    assert shelf.of_prompt("prompt") == [run]


def test_without_a_node_id_nothing_is_shown_and_the_report_is_filed() -> None:
    shelf = ReportShelf()
    texts: list[str] = []
    live = LiveText(None, shelf=shelf, send=lambda text, node: texts.append(text))
    live.progressed(report())
    live.ended(report())
    assert texts == []
    assert len(shelf.of_node(None)) == 1


def test_the_shelf_forgets_the_oldest() -> None:
    shelf = ReportShelf(kept=2)
    runs = [report("1"), report("2"), report("1")]
    for number, run in enumerate(runs):
        shelf.put(run, str(number))
    assert shelf.of_node(None) == runs[1:]
    assert shelf.of_node("1") == [runs[2]]
    assert shelf.of_prompt("0") == []
    assert shelf.newest() is runs[2]


def test_runs_outside_of_prompts_are_not_of_one_prompt() -> None:
    shelf = ReportShelf()
    shelf.put(report(), None)
    assert shelf.of_prompt(None) == []


def test_statistics_are_json_without_infinities() -> None:
    shelf = ReportShelf()
    run = report()
    run.timeline.append(Evaluation(0, float("inf"), FULL))
    run.errors.append(float("nan"))
    shelf.put(run, "prompt")
    shelf.put(report("8"), "prompt")
    first, second = json.loads(statistics(None, shelf))["runs"]
    assert first["timeline"][0]["sigma"] is None
    assert first["forecast_error"] is None
    assert second["node_id"] == "8"
    assert [run["node_id"] for run in json.loads(statistics("8", shelf))["runs"]] == ["8"]


def test_the_route_answers_with_the_statistics() -> None:
    server = install()
    try:
        register_route()
        handler = server.routes.get_handlers["/forecache/statistics"]
        request = type("Request", (), {"query": {"node_id": "no such node"}})()
        with pytest.raises(StopIteration) as stopped:
            handler(request).send(None)
    finally:
        uninstall()
    response = stopped.value.value
    assert response.content_type == "application/json"
    assert json.loads(response.text) == {"runs": []}


def test_without_a_server_texts_and_routes_go_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = sys.modules
    monkeypatch.setitem(modules, "server", None)  # importing it raises ImportError
    monkeypatch.setitem(modules, "comfy_execution.utils", None)
    assert prompt_server() is None
    assert current_prompt() is None
    send_text("to nobody", "7")
    register_route()
