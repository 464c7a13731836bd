"""Composes the residuals of ranges of blocks while a walk passes through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from forecache_host.resolved_plan import Span


class WatchedRanges:
    """Tells what each range adds as soon as the walk reaches its end.

    A range whose start or end the walk jumps over is not computed, so it is not told.
    """

    def __init__(self, ranges: Mapping[str, Span], tell: Callable[[str, Tensor], None]) -> None:
        self._ranges = ranges
        self._tell = tell
        self._entered: dict[str, Tensor] = {}

    def visit(self, module: int, hidden: Tensor) -> None:
        """To be called before the module with this number, and once behind the last one."""
        for site, span in self._ranges.items():
            before = self._entered.pop(site, None) if span.end == module else None
            if before is not None:
                self._tell(site, hidden - before)
            if span.start == module:
                self._entered[site] = hidden
