"""What `enable` gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from forecache.diffusers.attachment import Attachment
from forecache.diffusers.caller_seat import seat_in
from forecache.diffusers.engine import Engine, outcome_of
from forecache.hosting.statistics import Statistics, together
from forecache.plan import PlanSource, RunOutcome

HANDLE = "_forecache_handle"
"""Attribute of an enabled transformer, and of the class that an enabled pipeline object has for
the time.
"""


class Handle:
    """An enabled pipeline or transformer.

    engines, attachments: by component. source: closed with the handle unless the user owns it.
    """

    def __init__(
        self,
        engines: Mapping[str, Engine],
        attachments: Mapping[str, Attachment],
        source: PlanSource | None,
    ) -> None:
        self._engines = dict(engines)
        self._attachments = dict(attachments)
        self._source = source
        self._undo: list[Callable[[], None]] = []

    def stats(self) -> Statistics:
        """What was done since `enable`."""
        return together(
            {name: engine.log.tally.statistics() for name, engine in self._engines.items()}
        )

    def end_run(self) -> None:
        """Ends the open runs: the next call begins a new one. For loops of one's own."""
        for engine in self._engines.values():
            engine.end_run()

    def disable(self) -> None:
        """Gives everything back as it was. Twice is once."""
        self.end_run()
        for attachment in self._attachments.values():
            attachment.detach()
        while self._undo:
            self._undo.pop()()
        if self._source is not None:
            self._source.close()
            self._source = None

    def on_disable(self, undo: Callable[[], None]) -> None:
        """Adds something that `disable` takes back."""
        self._undo.append(undo)

    @contextmanager
    def pipeline_call(self, pipeline: Any) -> Iterator[None]:
        """One call of the pipeline: its runs begin and end inside. What it raises passes
        untouched.
        """
        outer = [
            (engine, engine.finder.seat, engine.finder.take()) for engine in self._engines.values()
        ]
        for name, engine in self._engines.items():
            engine.finder.seat = seat_in(pipeline, name)
        for attachment in self._attachments.values():
            attachment.ensure()
        outcome = RunOutcome.OK
        try:
            yield
            if getattr(pipeline, "_interrupt", False) is True:
                outcome = RunOutcome.INTERRUPTED
        except BaseException as error:
            outcome = outcome_of(error)
            raise
        finally:
            for engine, seat, run in outer:
                engine.end_run(outcome)
                engine.finder.seat = seat
                engine.finder.put(run)
