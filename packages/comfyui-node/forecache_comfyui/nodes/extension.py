"""What ComfyUI loads."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import ComfyExtension

from forecache_comfyui.nodes.advanced import ForecacheAdvanced
from forecache_comfyui.nodes.basic import Forecache
from forecache_comfyui.nodes.report import ForecacheReport
from forecache_comfyui.nodes.sidecar import ForecacheSidecar
from forecache_comfyui.nodes.statistics_route import register_route


class ForecacheExtension(ComfyExtension):
    """The pack."""

    async def on_load(self) -> None:
        """Adds the route, before the server is started."""
        register_route()

    async def get_node_list(self) -> list[Any]:
        """The nodes, as the menu lists them."""
        return [Forecache, ForecacheAdvanced, ForecacheSidecar, ForecacheReport]
