"""The runs that are open on this host."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from forecache_host.host_error import HostError
from forecache_host.run import Run

DEFAULT_MAX_RUNS = 64
"""Runs open at the same time."""

DEFAULT_IDLE_SECONDS = 600.0
"""A run that nobody asks anything for this long is ended: its caller has vanished."""

Result = TypeVar("Result")


@dataclass
class _Entry:
    """`run` is None while the run is being opened."""

    run: Run | None = None
    uses: int = 0
    idle: asyncio.TimerHandle | None = None


class RunTable:
    """Runs by id. Lives on the event loop; `end` is told every run that is over and frees it."""

    def __init__(
        self,
        end: Callable[[Run], Coroutine[Any, Any, None]],
        *,
        max_runs: int = DEFAULT_MAX_RUNS,
        idle_seconds: float = DEFAULT_IDLE_SECONDS,
    ) -> None:
        self._end = end
        self._max_runs = max_runs
        self._idle_seconds = idle_seconds
        self._entries: dict[str, _Entry] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._entries)

    async def open(self, run_id: str, begin: Callable[[], Awaitable[Run]]) -> None:
        """Reserves the id, opens the run, and gives the id back when that fails."""
        if run_id in self._entries:
            raise HostError("already-exists", f"run {run_id} is open already")
        if len(self._entries) >= self._max_runs:
            message = f"all {self._max_runs} runs of this host are in use"
            raise HostError("resource-exhausted", message)
        entry = self._entries[run_id] = _Entry()
        try:
            entry.run = await begin()
        except BaseException:
            del self._entries[run_id]
            raise
        self._start_idling(run_id, entry)

    async def use(self, run_id: str, work: Callable[[Run], Awaitable[Result]]) -> Result:
        """Does some work with an open run, which does not go idle meanwhile."""
        entry = self._entries.get(run_id)
        if entry is None or entry.run is None:
            raise HostError("not-found", f"run {run_id} is not open on this host")
        if entry.idle is not None:
            entry.idle.cancel()
        entry.uses += 1
        try:
            return await work(entry.run)
        finally:
            entry.uses -= 1
            if entry.uses == 0 and self._entries.get(run_id) is entry:
                self._start_idling(run_id, entry)

    async def end(self, run_id: str) -> None:
        """Ends a run; one that is not open is not an error."""
        entry = self._entries.get(run_id)
        if entry is None or entry.run is None:
            return
        del self._entries[run_id]
        if entry.idle is not None:
            entry.idle.cancel()
        # A caller that gives up on the answer does not stop the run from being freed.
        await asyncio.shield(self._started(self._end(entry.run)))

    async def end_all(self) -> None:
        """Ends every run."""
        await asyncio.gather(*(self.end(run_id) for run_id in list(self._entries)))

    def _start_idling(self, run_id: str, entry: _Entry) -> None:
        loop = asyncio.get_running_loop()
        entry.idle = loop.call_later(self._idle_seconds, self._expire, run_id)

    def _expire(self, run_id: str) -> None:
        self._started(self.end(run_id))

    def _started(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task
