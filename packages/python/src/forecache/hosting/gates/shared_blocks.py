"""Gates of blocks that Diffusers and ComfyUI write alike: `Sequential(activation, linear)`."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from forecache.hosting.gates.adaptive_norm import ATTENTION_GATE, MLP_GATE
from forecache.hosting.gates.linear_parts import linear_parts


def qwen_image_gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    """Gates of attention and mlp of the image stream."""
    return _gates(block.img_mod, modulation, 6)


def hidream_gates(block: Any, modulation: Tensor) -> tuple[Tensor | None, ...]:
    """The same. Two-stream blocks have six more parts behind these, for the text."""
    count = 12 if hasattr(block.block, "ff_t") else 6
    return _gates(block.block.adaLN_modulation, modulation, count)


def _gates(layers: Any, modulation: Tensor, count: int) -> tuple[Tensor | None, ...]:
    activation, linear = layers
    return linear_parts(linear, activation(modulation), count, (ATTENTION_GATE, MLP_GATE))
