"""Floating-point operations of the segments, for the manifest."""

from __future__ import annotations

from .dit import DiTConfig

FORMULA = (
    "2 x multiply-accumulates of every matrix product of one sample (attention scores and mixing "
    "included; norms, activations, additions not). T tokens, W width, p patch edge, Q frequency "
    "size, R = 6 depth + 2 rows: embed 2(T p^2 W + Q W + W^2), modulation 2 R W^2, "
    "attention 2(4 T W^2 + 2 T^2 W), mlp 2(8 T W^2), head 2 T W p^2"
)


def segment_flops(config: DiTConfig) -> dict[str, int]:
    """`FORMULA` for every kind of segment; `attention` and `mlp` are those of one block."""
    tokens, width, pixels = config.tokens, config.width, config.patch**2
    macs = {
        "embed": tokens * pixels * width + config.frequency_size * width + width**2,
        "modulation": (6 * config.depth + 2) * width**2,
        "attention": 4 * tokens * width**2 + 2 * tokens**2 * width,
        "mlp": 8 * tokens * width**2,
        "head": tokens * width * pixels,
    }
    return {kind: 2 * count for kind, count in macs.items()}
