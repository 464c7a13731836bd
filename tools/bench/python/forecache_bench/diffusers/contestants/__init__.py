"""The line-up: who takes part, in the order in which they take turns."""

from __future__ import annotations

from collections.abc import Sequence

from forecache_bench.diffusers.contestants.cache_dit import cache_dit_contestants
from forecache_bench.diffusers.contestants.contestant import (
    Contestant,
    Installed,
    Unavailable,
    feature_bytes,
)
from forecache_bench.diffusers.contestants.diffusers_taylorseer import diffusers_contestants
from forecache_bench.diffusers.contestants.forecache import forecache_contestants
from forecache_bench.diffusers.contestants.recursion import recursion_contestants
from forecache_bench.diffusers.contestants.uncached import UNCACHED


def line_up(orders: Sequence[int], sidecar: str = "auto") -> list[Contestant]:
    """All contestants; the uncached model first."""
    return [
        UNCACHED,
        *forecache_contestants(orders, sidecar),
        *recursion_contestants(orders),
        *diffusers_contestants(orders),
        *cache_dit_contestants(orders),
    ]


__all__ = ["UNCACHED", "Contestant", "Installed", "Unavailable", "feature_bytes", "line_up"]
