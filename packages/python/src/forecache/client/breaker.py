"""How long a sidecar that does not answer is left alone."""

from __future__ import annotations

import threading
from collections.abc import Callable

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


class CircuitBreaker:
    """Counts failures in a row and says when to ask again: after 1 s, 2 s, 4 s, ... 60 s.

    States: closed (no failure: ask), open (inside the pause: do not ask), half open (the pause is
    over: ask; a success closes it, a failure doubles the pause). `clock` counts seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._ask_again_at = 0.0
        self._reason = ""

    def refusal(self) -> str | None:
        """Why not to ask now, None when it is worth a try."""
        with self._lock:
            pause = self._ask_again_at - self._clock()
            if self._failures == 0 or pause <= 0:
                return None
            return f"{self._reason} (asked again in {pause:.1f} s)"

    def succeeded(self) -> None:
        """The sidecar answered."""
        with self._lock:
            self._failures = 0

    def failed(self, reason: str) -> None:
        """The sidecar did not answer."""
        with self._lock:
            # Failures of runs that were open at the same time are one failure.
            is_new = self._failures == 0 or self._clock() >= self._ask_again_at
            self._failures += 1 if is_new else 0
            pause = min(FIRST_PAUSE_S * 2.0 ** (self._failures - 1), LONGEST_PAUSE_S)
            self._ask_again_at = self._clock() + pause
            self._reason = reason
