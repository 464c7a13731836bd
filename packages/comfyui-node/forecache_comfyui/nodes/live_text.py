"""The line on a node while its model is sampled."""

from __future__ import annotations

import time
from collections.abc import Callable

from forecache_comfyui.nodes.comfy_server import current_prompt, send_text
from forecache_comfyui.nodes.reports import SHELF, ReportShelf
from forecache_comfyui.run_report import RunReport

PAUSE_S = 0.2
"""Shortest time between two texts: at most five a second."""


class LiveText:
    """A `Watcher` that shows a run's progress on its node and files the report in the end.

    node_id: None shows nothing. send, clock, prompt: ComfyUI's, the machine's and ComfyUI's.
    """

    def __init__(
        self,
        node_id: str | None,
        *,
        shelf: ReportShelf = SHELF,
        send: Callable[[str, str], None] = send_text,
        clock: Callable[[], float] = time.monotonic,
        prompt: Callable[[], str | None] = current_prompt,
    ) -> None:
        self._node_id, self._shelf = node_id, shelf
        self._send, self._clock, self._prompt = send, clock, prompt
        self._due = float("-inf")

    def progressed(self, report: RunReport) -> None:
        """Shows an evaluation, unless one has just been shown."""
        now = self._clock()
        if now >= self._due:
            self._due = now + PAUSE_S
            self._show(report)

    def ended(self, report: RunReport) -> None:
        """Files the report and shows how the run went, in any case."""
        self._shelf.put(report, self._prompt())
        self._due = float("-inf")
        self._show(report)

    def _show(self, report: RunReport) -> None:
        if self._node_id is not None:
            self._send(report.progress(), self._node_id)
