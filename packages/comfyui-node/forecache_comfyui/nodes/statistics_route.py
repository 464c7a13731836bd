"""`GET /forecache/statistics`: the newest runs as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from forecache_comfyui.nodes.comfy_server import prompt_server
from forecache_comfyui.nodes.reports import SHELF, ReportShelf

PATH = "/forecache/statistics"


def statistics(node_id: str | None = None, shelf: ReportShelf = SHELF) -> str:
    """The newest runs, oldest first, of one node or of all, as JSON: `{"runs": [...]}`."""
    runs = [report.facts() for report in shelf.of_node(node_id)]
    return json.dumps(_finite({"runs": runs}), allow_nan=False)


def register_route() -> None:
    """Adds the route to ComfyUI's server; nothing without one."""
    server = prompt_server()
    if server is None:
        return
    from aiohttp import web  # noqa: PLC0415 # only where there is a server

    @server.routes.get(PATH)  # type: ignore[untyped-decorator] # ComfyUI has no types
    async def answer(request: Any) -> Any:
        text = statistics(request.query.get("node_id"))
        return web.Response(text=text, content_type="application/json")


def _finite(value: object) -> object:
    """JSON has no word for infinity and none for what is no number: null stands for both."""
    if isinstance(value, Mapping):
        return {str(name): _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
