"""One background thread that does errands in order. It never sees a tensor."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

IDLE_S = 1.0
"""A thread without work for so long ends; the next errand starts another."""


class Errands:
    """First in, first out. Errands must not raise. At most `limit` wait."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, errand: Callable[[], None]) -> bool:
        """Adds an errand, or answers False where too many wait."""
        with self._changed:
            if len(self._waiting) >= self._limit:
                return False
            self._append(errand)
        return True

    def add_last(self, errand: Callable[[], None]) -> None:
        """Adds an errand that somebody waits for, however many are there already."""
        with self._changed:
            self._append(errand)

    def _append(self, errand: Callable[[], None]) -> None:
        self._waiting.append(errand)
        if self._thread is None:
            # A daemon: an errand that hangs until its deadline does not hold up the end of the
            # program.
            self._thread = threading.Thread(
                target=self._work, name="forecache-errands", daemon=True
            )
            self._thread.start()
        self._changed.notify()

    def _work(self) -> None:
        while (errand := self._next()) is not None:
            errand()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if not self._waiting:
                self._changed.wait(IDLE_S)
            if self._waiting:
                return self._waiting.popleft()
            self._thread = None
            return None
