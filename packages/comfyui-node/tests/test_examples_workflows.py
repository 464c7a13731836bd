"""The example workflows open: links resolve, types match, widgets are those of our nodes."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_comfy_api import install, uninstall

FILES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))
OURS = {
    "Forecache": "basic",
    "ForecacheAdvanced": "advanced",
    "ForecacheSidecar": "sidecar",
    "ForecacheReport": "report",
}
WIDGETS = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
SAMPLERS = {"KSampler", "KSamplerAdvanced", "SamplerCustomAdvanced"}
MODELS = {
    "flux_dev": "flux1-dev.safetensors",
    "hunyuan_video_t2v": "hunyuan_video_t2v_720p_bf16.safetensors",
    "qwen_image": "qwen_image_fp8_e4m3fn.safetensors",
    "sd3.5_large": "sd3.5_large_fp8_scaled.safetensors",
    "wan2.1_t2v": "wan2.1_t2v_1.3B_fp16.safetensors",
    "wan2.2_t2v": "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors",
}


@pytest.fixture(params=FILES, ids=[file.stem for file in FILES])
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One example."""
    content: dict[str, Any] = json.loads(request.param.read_text())
    return content


@pytest.fixture(scope="module")
def schemas() -> Iterator[dict[str, Any]]:
    """Our nodes' schemas by id."""
    install()
    yield {
        name: getattr(
            importlib.import_module(f"forecache_comfyui.nodes.{module}"), name
        ).GET_SCHEMA()
        for name, module in OURS.items()
    }
    uninstall()


def by_id(workflow: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {node["id"]: node for node in workflow["nodes"]}


def upstream(workflow: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node and everything that it needs."""
    nodes, links = by_id(workflow), {link[0]: link for link in workflow["links"]}
    yield node
    for each in node["inputs"]:
        if each["link"] is not None:
            yield from upstream(workflow, nodes[links[each["link"]][1]])


def test_there_is_one_for_every_model() -> None:
    assert [file.stem for file in FILES] == sorted(MODELS)
    for file in FILES:
        assert f'"{MODELS[file.stem]}"' in file.read_text()


def test_links_resolve_at_both_ends_and_types_match(workflow: dict[str, Any]) -> None:
    nodes = by_id(workflow)
    assert len(nodes) == len(workflow["nodes"])
    for link, source, output, target, slot, kind in workflow["links"]:
        made, taken = nodes[source]["outputs"][output], nodes[target]["inputs"][slot]
        assert link in made["links"]
        assert taken["link"] == link
        assert made["type"] == kind
        assert taken["type"] in (kind, "*")
    known = {link[0] for link in workflow["links"]}
    named = {each["link"] for node in nodes.values() for each in node["inputs"]}
    assert named - {None} == known
    assert {
        each for node in nodes.values() for out in node["outputs"] for each in out["links"]
    } == (known)


def test_counters_are_those_of_the_newest_node_and_link(workflow: dict[str, Any]) -> None:
    assert workflow["last_node_id"] == max(by_id(workflow))
    assert workflow["last_link_id"] == max(link[0] for link in workflow["links"])


def test_nodes_come_after_what_they_need(workflow: dict[str, Any]) -> None:
    nodes = by_id(workflow)
    for _, source, _, target, _, _ in workflow["links"]:
        assert nodes[source]["order"] < nodes[target]["order"]


def test_our_nodes_are_as_their_schemas_say(
    workflow: dict[str, Any], schemas: dict[str, Any]
) -> None:
    ours = [node for node in workflow["nodes"] if node["type"] in OURS]
    assert {node["type"] for node in ours} == {"Forecache", "ForecacheReport"}
    for node in ours:
        schema = schemas[node["type"]]
        widgets = [each for each in schema.inputs if each.io_type in WIDGETS]
        sockets = [each for each in schema.inputs if each.io_type not in WIDGETS]
        assert [(each["name"], each["type"]) for each in node["inputs"]] == [
            (each.id, each.io_type) for each in sockets
        ]
        assert [(each["name"], each["type"]) for each in node["outputs"]] == [
            (each.display_name or each.io_type, each.io_type) for each in schema.outputs
        ]
        assert node["widgets_values"] == [each.default for each in widgets]


def test_every_sampler_samples_through_a_forecache_node(workflow: dict[str, Any]) -> None:
    samplers = [node for node in workflow["nodes"] if node["type"] in SAMPLERS]
    assert samplers
    for sampler in samplers:
        assert "Forecache" in {node["type"] for node in upstream(workflow, sampler)}
    reports = [node for node in workflow["nodes"] if node["type"] == "ForecacheReport"]
    assert len(reports) == 1
    reported = {node["id"] for node in upstream(workflow, reports[0])}
    assert {node["id"] for node in samplers} <= reported


def test_a_note_says_how_to_compare_and_which_files_it_takes(workflow: dict[str, Any]) -> None:
    notes = [node["widgets_values"][0] for node in workflow["nodes"] if node["type"] == "Note"]
    assert len(notes) == 1
    assert "forecache serve" in notes[0]
    assert "Ctrl+B" in notes[0]
    files = [
        value
        for node in workflow["nodes"]
        for value in node["widgets_values"]
        if isinstance(value, str) and value.endswith(".safetensors")
    ]
    assert files
    assert [file for file in files if file not in notes[0]] == []


def test_seeds_stay_so_that_runs_can_be_compared(workflow: dict[str, Any]) -> None:
    values = [value for node in workflow["nodes"] for value in node["widgets_values"]]
    assert "fixed" in values
    assert {"randomize", "increment", "decrement"}.isdisjoint(map(str, values))


def test_nodes_do_not_overlap(workflow: dict[str, Any]) -> None:
    boxes = [(*node["pos"], *node["size"]) for node in workflow["nodes"]]
    for number, (x, y, w, h) in enumerate(boxes):
        for other_x, other_y, other_w, other_h in boxes[number + 1 :]:
            beside = x + w <= other_x or other_x + other_w <= x
            below = y + h <= other_y or other_y + other_h <= y
            assert beside or below
