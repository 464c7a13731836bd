"""The one thread that computes: requests take turns in the order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from forecache_host.ticket import SHUTTING_DOWN, Ticket

Result = TypeVar("Result")


class ComputeThread:
    """One thread, as PyTorch's settings belong to a thread and results must be reproducible."""

    def __init__(self, threads: int | None) -> None:
        """`threads`: what PyTorch uses within one operation; None leaves its default."""
        initializer = None if threads is None else lambda: torch.set_num_threads(threads)
        self._executor = ThreadPoolExecutor(1, "compute", initializer=initializer)
        self._open: set[Ticket] = set()

    async def run(self, work: Callable[[Ticket], Result]) -> Result:
        """Runs `work` in its turn.

        Cancelling the caller cancels the ticket; what has not begun by then never begins.
        """
        ticket = Ticket()

        def turn() -> Result:
            ticket.check()
            with torch.inference_mode():
                return work(ticket)

        loop = asyncio.get_running_loop()
        self._open.add(ticket)
        try:
            return await loop.run_in_executor(self._executor, turn)
        except asyncio.CancelledError:
            ticket.cancel()
            raise
        finally:
            self._open.discard(ticket)

    def interrupt(self) -> None:
        """Cancels all that is waiting or being computed: the host shuts down."""
        for ticket in self._open:
            ticket.cancel(SHUTTING_DOWN)

    def close(self) -> None:
        """Waits for what is being computed; drops what has not begun."""
        self._executor.shutdown(wait=True, cancel_futures=True)
