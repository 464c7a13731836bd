"""Where the sites of ComfyUI's transformer classes are, by class name.

By name and not by class: the pack is loaded without importing any model.
"""

from __future__ import annotations

from torch import nn

from forecache.hosting.call_arguments import parameter_names
from forecache.hosting.layout import ModelLayout, Stage
from forecache_comfyui.layouts.aura_flow import AURA_FLOW
from forecache_comfyui.layouts.cosmos import COSMOS
from forecache_comfyui.layouts.flux import CHROMA, FLUX, HUNYUAN_3D
from forecache_comfyui.layouts.hidream import HIDREAM
from forecache_comfyui.layouts.hunyuan_video import HUNYUAN_VIDEO
from forecache_comfyui.layouts.kandinsky import KANDINSKY
from forecache_comfyui.layouts.ltx import LTX
from forecache_comfyui.layouts.lumina import LUMINA
from forecache_comfyui.layouts.mochi import MOCHI
from forecache_comfyui.layouts.omnigen import OMNIGEN
from forecache_comfyui.layouts.pixart import PIXART
from forecache_comfyui.layouts.qwen_image import QWEN_IMAGE
from forecache_comfyui.layouts.stable_diffusion_3 import STABLE_DIFFUSION_3
from forecache_comfyui.layouts.wan import (
    WAN,
    WAN_ANIMATE,
    WAN_CAMERA,
    WAN_HUMO,
    WAN_SPEECH,
    WAN_VACE,
)

_ALL = (
    AURA_FLOW,
    CHROMA,
    COSMOS,
    FLUX,
    HIDREAM,
    HUNYUAN_3D,
    HUNYUAN_VIDEO,
    KANDINSKY,
    LTX,
    LUMINA,
    MOCHI,
    OMNIGEN,
    PIXART,
    QWEN_IMAGE,
    STABLE_DIFFUSION_3,
    WAN,
    WAN_ANIMATE,
    WAN_CAMERA,
    WAN_HUMO,
    WAN_SPEECH,
    WAN_VACE,
)

LAYOUTS: dict[str, ModelLayout] = {layout.class_name: layout for layout in _ALL}
"""Layouts by the name of the network's class."""


def find_layout(network: nn.Module) -> ModelLayout | None:
    """The layout of exactly this class: one derived from it has a forward of its own.

    None for a class that is not known, and for one of a known name that is built otherwise, as a
    later version or another pack may have it.
    """
    layout = LAYOUTS.get(type(network).__name__)
    if layout is None or not isinstance(network._modules.get(layout.head), nn.Module):
        return None
    return layout if all(_fits(network, stage) for stage in layout.stages) else None


def _fits(network: nn.Module, stage: Stage) -> bool:
    """Whether the network has the stage's blocks, and these take its streams by their names."""
    blocks = network._modules.get(stage.blocks)
    if not isinstance(blocks, nn.ModuleList):
        return False
    streams = {stage.hidden} if stage.encoder is None else {stage.hidden, stage.encoder}
    return all(streams <= set(stage.parameters or parameter_names(block)) for block in blocks)


__all__ = ["LAYOUTS", "find_layout"]
