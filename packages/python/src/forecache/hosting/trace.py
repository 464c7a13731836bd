"""A line of JSON a call and a run, for whoever wants to see what happened."""

from __future__ import annotations

import json
import logging
from pathlib import Path

logger = logging.getLogger("forecache")


class Trace:
    """Appends to a file. A file that cannot be written is said once, and nothing else happens."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def line(self, event: str, **facts: object) -> None:
        """Writes one event."""
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"event": event, **facts}) + "\n")
        except OSError as error:
            logger.warning("forecache: trace %s cannot be written: %s", self._path, error)
            self._path = None
