"""Whether anybody still waits for the answer of a request."""

from __future__ import annotations

from forecache_host.host_error import HostError

CANCELLED = HostError("cancelled", "the request was cancelled")
SHUTTING_DOWN = HostError("unavailable", "the model host is shutting down")


class Ticket:
    """Cancelled by the thread that talks to the caller, asked by the one that computes."""

    def __init__(self) -> None:
        self._reason: HostError | None = None

    def cancel(self, reason: HostError = CANCELLED) -> None:
        """Nobody waits any more: the caller has cancelled, vanished, or run out of time."""
        if self._reason is None:
            self._reason = reason

    def check(self) -> None:
        """Raises the reason of a cancelled ticket."""
        if self._reason is not None:
            raise HostError(self._reason.code, self._reason.message)
