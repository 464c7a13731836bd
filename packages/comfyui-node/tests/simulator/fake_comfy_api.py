"""Stand-ins for what of ComfyUI the nodes import, so that they load and run without it.

server = install()
output = run_node(Forecache, "7", model=patcher, policy="taylorseer", ...)
assert server.texts == [...]
uninstall()
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import fake_io_types
import torch
from fake_io_types import IO_NAMES, ComfyNode, Hidden, IoType, NodeOutput, Schema
from torch import Tensor


class ExecutionContext(NamedTuple):
    """Which node of which prompt is executed."""

    prompt_id: str
    node_id: str
    list_index: int | None = None


class FakeRoutes:
    """The routes of the server: by path, what answers a GET."""

    def __init__(self) -> None:
        self.get_handlers: dict[str, Callable[[Any], Any]] = {}

    def get(self, path: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
        """A decorator that notes the handler."""

        def noted(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
            self.get_handlers[path] = handler
            return handler

        return noted


class FakeServer:
    """`PromptServer.instance`. texts: `(text, node id)`, as they were sent."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.routes = FakeRoutes()

    def send_progress_text(self, text: str, node_id: str, sid: str | None = None) -> None:
        """Shows a text on a node."""
        self.texts.append((text, node_id))


class ComfyExtension:
    """A pack."""

    async def on_load(self) -> None:
        """Nothing to do."""


class PreviewText:
    """Text on a node after it was executed."""

    def __init__(self, value: str) -> None:
        self.value = value

    def as_dict(self) -> dict[str, Any]:
        """As the server sends it."""
        return {"text": (self.value,)}


class Response:
    """`aiohttp.web.Response`, where aiohttp is not installed."""

    def __init__(
        self, *, text: str = "", content_type: str = "text/plain", status: int = 200
    ) -> None:
        self.text, self.content_type, self.status = text, content_type, status


_before: dict[str, ModuleType | None] = {}
_contexts: list[ExecutionContext] = []


def install() -> FakeServer:
    """Puts the modules into `sys.modules`, with a new server. Again: only the server is new."""
    server = FakeServer()
    for name, module in _modules(server).items():
        if name not in _before:
            _before[name] = sys.modules.get(name)
        sys.modules[name] = module
    return server


def uninstall() -> None:
    """Puts back what was there before."""
    while _before:
        name, module = _before.popitem()
        if module is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = module


@contextmanager
def executing(prompt_id: str, node_id: str) -> Iterator[None]:
    """As long as it is entered, `get_executing_context` answers this."""
    _contexts.append(ExecutionContext(prompt_id, node_id))
    try:
        yield
    finally:
        _contexts.pop()


def run_node(node: Any, unique_id: str | None, **inputs: Any) -> Any:
    """Executes a node as ComfyUI does: on a copy of its class, without its hidden inputs' names."""
    hidden = SimpleNamespace(unique_id=unique_id, prompt=None, extra_pnginfo=None)
    prepared: Any = type(node.__name__, (node,), {"hidden": hidden})
    return prepared.execute(**inputs)


def _modules(server: FakeServer) -> dict[str, ModuleType]:
    made = {
        "comfy": _module("comfy"),
        "comfy.sample": _module(
            "comfy.sample",
            fix_empty_latent_channels=lambda _model, latent: latent,
            prepare_noise=_prepare_noise,
        ),
        "comfy_api": _module("comfy_api"),
        "comfy_api.latest": _module(
            "comfy_api.latest",
            ComfyExtension=ComfyExtension,
            io=_io(),
            ui=SimpleNamespace(PreviewText=PreviewText),
        ),
        "server": _module("server", PromptServer=SimpleNamespace(instance=server)),
        "comfy_execution": _module("comfy_execution"),
        "comfy_execution.utils": _module(
            "comfy_execution.utils",
            get_executing_context=lambda: _contexts[-1] if _contexts else None,
        ),
    }
    made["comfy"].sample = made["comfy.sample"]  # type: ignore[attr-defined]
    made["comfy_api"].latest = made["comfy_api.latest"]  # type: ignore[attr-defined]
    made["comfy_execution"].utils = made["comfy_execution.utils"]  # type: ignore[attr-defined]
    if "aiohttp" in _before or importlib.util.find_spec("aiohttp") is None:
        made["aiohttp"] = _module("aiohttp", web=SimpleNamespace(Response=Response))
    return made


def _io() -> Any:
    return SimpleNamespace(
        **{name: IoType(io_type) for name, io_type in IO_NAMES.items()},
        ComfyNode=ComfyNode,
        Custom=IoType,
        Hidden=Hidden,
        Input=fake_io_types.Input,
        NodeOutput=NodeOutput,
        Output=fake_io_types.Output,
        Schema=Schema,
    )


def _prepare_noise(latent: Tensor, seed: int) -> Tensor:
    # From torch's own generator, as ComfyUI does it.
    return torch.randn(latent.shape, generator=torch.manual_seed(seed))


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    return module
