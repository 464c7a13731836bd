"""The newest reports of this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from forecache_comfyui.run_report import RunReport

KEPT = 64
"""Reports that are remembered."""


@dataclass(frozen=True)
class FiledReport:
    """A run that is over, and the prompt that it belonged to."""

    prompt: str | None
    report: RunReport


class ReportShelf:
    """Reports, oldest first; the oldest are forgotten. Thread-safe."""

    def __init__(self, kept: int = KEPT) -> None:
        self._filed: deque[FiledReport] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def put(self, report: RunReport, prompt: str | None) -> None:
        """Keeps the report of a run that is over."""
        with self._lock:
            self._filed.append(FiledReport(prompt, report))

    def of_prompt(self, prompt: str | None) -> Sequence[RunReport]:
        """The runs of one prompt; none for None."""
        return [each.report for each in self._all() if prompt is not None and each.prompt == prompt]

    def newest(self) -> RunReport | None:
        """The last run."""
        filed = self._all()
        return filed[-1].report if filed else None

    def of_node(self, node_id: str | None) -> Sequence[RunReport]:
        """The runs with a node's settings; of every node for None."""
        every = [each.report for each in self._all()]
        return [each for each in every if node_id is None or each.node_id == node_id]

    def _all(self) -> list[FiledReport]:
        with self._lock:
            return list(self._filed)


SHELF = ReportShelf()
"""Where the nodes of this process file their runs."""
