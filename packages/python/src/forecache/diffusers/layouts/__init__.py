"""The layouts of the transformer classes that forecache knows, by class name.

By name and not by class: Diffusers imports a model when it is asked for, and so do we.
"""

from __future__ import annotations

from torch import nn

from forecache.diffusers.layouts.cogvideox import COGVIDEOX
from forecache.diffusers.layouts.dit import DIT
from forecache.diffusers.layouts.flux import FLUX
from forecache.diffusers.layouts.hidream import HIDREAM
from forecache.diffusers.layouts.hunyuan_video import FRAMEPACK, HUNYUAN_VIDEO
from forecache.diffusers.layouts.ltx import LTX
from forecache.diffusers.layouts.pixart import PIXART
from forecache.diffusers.layouts.qwen_image import QWEN_IMAGE
from forecache.diffusers.layouts.stable_diffusion_3 import STABLE_DIFFUSION_3
from forecache.diffusers.layouts.wan import WAN
from forecache.hosting.layout import ModelLayout

LAYOUTS: dict[str, ModelLayout] = {
    layout.class_name: layout
    for layout in (
        COGVIDEOX,
        DIT,
        FLUX,
        FRAMEPACK,
        HIDREAM,
        HUNYUAN_VIDEO,
        LTX,
        PIXART,
        QWEN_IMAGE,
        STABLE_DIFFUSION_3,
        WAN,
    )
}
"""Layouts by the name of the transformer class."""


def find_layout(transformer: nn.Module) -> ModelLayout | None:
    """The layout of the transformer's class or of its nearest known ancestor; None when unknown."""
    for ancestor in type(transformer).__mro__:
        if ancestor.__name__ in LAYOUTS:
            return LAYOUTS[ancestor.__name__]
    return None


__all__ = ["LAYOUTS", "find_layout"]
