"""Plans from a sidecar that this process starts, and starts again when it died."""

from __future__ import annotations

from collections.abc import Mapping

from forecache.client.sidecar_run import SidecarRun
from forecache.client.sidecar_source import SidecarSource
from forecache.client.start_sidecar import running_sidecar, start_sidecar
from forecache.errors import NoPlanError
from forecache.plan import RunRequest

MOST_RESTARTS = 3
"""A sidecar that dies again and again is not worth the seconds that a start takes."""


class OwnSidecarSource:
    """A `PlanSource` of this process's own sidecar, shared with its other sources.

    The constructor starts the sidecar, or raises NoPlanError with the reason why it cannot. A run
    that opens after it died starts another, three times at most; a forked child gets its own.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._source = SidecarSource(start_sidecar(environment).address)
        self._restarts = 0

    @property
    def address(self) -> str:
        """Where the sidecar is."""
        return self._source.address

    def open_run(self, request: RunRequest) -> SidecarRun:
        """Opens a run. Raises ForecacheError for a wrong option, NoPlanError else."""
        address = self._running_address()
        if address != self.address:
            self._source.close()
            self._source = SidecarSource(address)
        return self._source.open_run(request)

    def close(self) -> None:
        """Closes the connection. The sidecar ends with this process."""
        self._source.close()

    def _running_address(self) -> str:
        running = running_sidecar()
        if running is not None:
            return running.address
        if self._restarts == MOST_RESTARTS:
            raise NoPlanError(f"the sidecar died after {MOST_RESTARTS} restarts")
        self._restarts += 1
        return start_sidecar(self._environment).address
