"""Latents as tokens and back."""

from __future__ import annotations

from torch import Tensor

EDGE = 2
"""Height and width of a patch."""


def to_tokens(x: Tensor) -> Tensor:
    """`[rows, channels, (frames,) height, width]` as `[rows, tokens, channels * 4]`."""
    video = x[:, :, None] if x.ndim == 4 else x
    rows, channels, frames, height, width = video.shape
    cut = video.reshape(rows, channels, frames, height // EDGE, EDGE, width // EDGE, EDGE)
    return cut.permute(0, 2, 3, 5, 1, 4, 6).reshape(rows, -1, channels * EDGE * EDGE)


def to_latent(tokens: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The inverse, to a latent of this shape."""
    rows, channels, *_, height, width = shape
    frames = shape[2] if len(shape) == 5 else 1
    cut = tokens.reshape(rows, frames, height // EDGE, width // EDGE, channels, EDGE, EDGE)
    return cut.permute(0, 4, 1, 2, 5, 3, 6).reshape(shape)
