"""What ComfyUI loads."""

from __future__ import annotations

from typing import Any

from comfy_api.latest import ComfyExtension

from forecache_comfyui.nodes.advanced import ForecacheAdvanced
from forecache_comfyui.nodes.basic import Forecache
from forecache_comfyui.nodes.calibrate import ForecacheCalibrate
from forecache_comfyui.nodes.report import ForecacheReport
from forecache_comfyui.nodes.sidecar import ForecacheSidecar


class ForecacheExtension(ComfyExtension):  # type: ignore[misc] # ComfyUI has no types
    """The pack."""

    async def get_node_list(self) -> list[Any]:
        """The nodes, as the menu lists them."""
        return [
            Forecache,
            ForecacheAdvanced,
            ForecacheSidecar,
            ForecacheReport,
            ForecacheCalibrate,
        ]
