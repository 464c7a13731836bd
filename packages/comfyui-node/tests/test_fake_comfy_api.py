"""The stand-ins for ComfyUI's modules are there when asked for, and strict."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fake_comfy_api import FakeServer, executing, install, run_node, uninstall


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """The server of the installed modules."""
    yield install()
    uninstall()


def test_modules_are_there_until_they_are_uninstalled() -> None:
    before = {name: sys.modules.get(name) for name in ("comfy_api.latest", "server")}
    server = install()
    assert importlib.import_module("server").PromptServer.instance is server
    newer = install()
    assert importlib.import_module("server").PromptServer.instance is newer
    uninstall()
    assert {name: sys.modules.get(name) for name in before} == before


def test_an_input_takes_only_what_comfyui_knows(server: FakeServer) -> None:
    io = importlib.import_module("comfy_api.latest").io
    assert io.Int.Input("steps", default=3, min=1).as_dict() == {"default": 3, "min": 1}
    assert io.Custom("OURS").Input("ours").get_io_type() == "OURS"
    with pytest.raises(TypeError, match="MODEL input model takes no default"):
        io.Model.Input("model", default=1)
    with pytest.raises(TypeError, match="INT input steps takes no maximum"):
        io.Int.Input("steps", maximum=1)


def test_a_node_runs_with_its_hidden_id(server: FakeServer) -> None:
    io = importlib.import_module("comfy_api.latest").io

    class Node(io.ComfyNode):  # type: ignore[misc, name-defined]
        @classmethod
        def execute(cls, value: int) -> Any:
            return io.NodeOutput(cls.hidden.unique_id, value)

    assert run_node(Node, "7", value=2).result == ("7", 2)
    assert Node.hidden.unique_id is None


def test_a_schema_with_one_name_twice_is_refused(server: FakeServer) -> None:
    io = importlib.import_module("comfy_api.latest").io

    class Node(io.ComfyNode):  # type: ignore[misc, name-defined]
        @classmethod
        def define_schema(cls) -> Any:
            return io.Schema("Node", inputs=[io.Int.Input("a"), io.Float.Input("a")])

    with pytest.raises(ValueError, match="Node has two inputs of one name"):
        Node.GET_SCHEMA()


def test_the_executing_context_is_that_of_the_block(server: FakeServer) -> None:
    current = importlib.import_module("comfy_execution.utils").get_executing_context
    assert current() is None
    with executing("prompt", "3"):
        assert current() == ("prompt", "3", None)
    assert current() is None
