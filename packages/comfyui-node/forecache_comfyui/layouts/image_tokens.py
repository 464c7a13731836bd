"""How many image tokens a call has, and where they are in a stream of image and text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from forecache.hosting.layout import IMAGE_TOKENS, BlockArguments


def patches(latents: Tensor, size: Sequence[int]) -> int:
    """Patches of latents `[..., *sides]`: sides are padded to whole patches."""
    sides = latents.shape[-len(size) :]
    return math.prod(math.ceil(side / patch) for side, patch in zip(sides, size, strict=True))


def image_first(stream: Tensor, arguments: BlockArguments) -> Tensor:
    """The image tokens of a stream in which text comes after them."""
    return stream[:, : arguments[IMAGE_TOKENS]]


def image_last(stream: Tensor, arguments: BlockArguments) -> Tensor:
    """The image tokens of a stream in which text comes before them."""
    return stream[:, stream.shape[1] - arguments[IMAGE_TOKENS] :]
