"""Plans from a sidecar, over gRPC."""

from __future__ import annotations

import time
from collections.abc import Callable

from forecache.client.answers import decode_opened
from forecache.client.asking import NoAnswerError, ask, malformed
from forecache.client.breaker import CircuitBreaker
from forecache.client.connection import Connection, TlsFiles
from forecache.client.malformed import MalformedAnswerError
from forecache.client.sidecar_run import SidecarRun
from forecache.client.wire import encode_open_run
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import RunRequest

DEFAULT_DEADLINE_MS = 50
DEFAULT_CONNECT_TIMEOUT_MS = 5000


class SidecarSource:
    """A `PlanSource` that asks the sidecar at `address`, `unix:/path` or `host:port`.

    deadline_ms: longest wait for the decision about one call and for closing a run; default 50.
    connect_timeout_ms: longest wait for a run to open, once a generation; default 5000, since a
        busy machine makes a fresh sidecar slow and only one that hangs costs the wait. It covers
        connecting and compiling the plan.
    tls: files for a connection with TLS; default without.
    clock: seconds, for the pauses after a failure.

    A failure ends the questions of its run. The next run asks again after 1 s, then after 2 s, 4 s,
    ... 60 s; in between it is refused at once, so that a dead sidecar costs no time. Nothing is
    connected before the first run. A forked child gets a channel of its own. Thread-safe.
    """

    def __init__(
        self,
        address: str,
        *,
        deadline_ms: int = DEFAULT_DEADLINE_MS,
        connect_timeout_ms: int = DEFAULT_CONNECT_TIMEOUT_MS,
        tls: TlsFiles | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadline_s = _seconds("deadline_ms", deadline_ms)
        self._connect_timeout_s = _seconds("connect_timeout_ms", connect_timeout_ms)
        self._connection = Connection(address, tls)
        self._breaker = CircuitBreaker(clock)

    @property
    def address(self) -> str:
        """Where the sidecar is."""
        return self._connection.address

    def open_run(self, request: RunRequest) -> SidecarRun:
        """Opens a run. Raises ForecacheError for a wrong option, NoPlanError for all else."""
        refusal = self._breaker.refusal()
        if refusal is not None:
            raise NoPlanError(refusal)
        message = encode_open_run(request)
        service = self._connection.service()
        try:
            answer = ask(service.OpenRun, message, self._connect_timeout_s)
            opened = decode_opened(answer, request.calls)
        except NoAnswerError as error:
            raise self._no_plan(error) from error
        except MalformedAnswerError as error:
            raise self._no_plan(malformed(error)) from error
        self._breaker.succeeded()
        return SidecarRun(
            service, opened, deadline_s=self._deadline_s, on_failure=self._note_failure
        )

    def close(self) -> None:
        """Closes the connection. Open runs have no more answers."""
        self._connection.close()

    def _no_plan(self, error: NoAnswerError) -> ForecacheError | NoPlanError:
        self._note_failure(error)
        if error.details is not None:
            return ForecacheError(error.details)
        return NoPlanError(error.reason)

    def _note_failure(self, error: NoAnswerError) -> None:
        if not error.is_down:
            return
        self._breaker.failed(error.reason)
        self._connection.renew()


def _seconds(name: str, milliseconds: int) -> float:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int) or milliseconds < 1:
        raise ForecacheError(f"{name} must be an integer >= 1, got {milliseconds}")
    return milliseconds / 1000
