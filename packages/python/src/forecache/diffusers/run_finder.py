"""Which run a call belongs to, and its place in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from torch import Tensor

from forecache.diffusers.call_clock import CallClock, RoundClock, SchedulerClock, TimestepClock
from forecache.diffusers.caller_seat import CallerSeat
from forecache.diffusers.run_opening import RunOpener
from forecache.diffusers.run_state import RunState, TabledRun
from forecache.diffusers.schedule import Schedule, read_schedule
from forecache.errors import ForecacheError, NoPlanError

logger = logging.getLogger("forecache")

NO_STEPS = "called outside the pipeline that forecache was enabled on, and steps is not given"


class OpeningLog(Protocol):
    """Who is told of runs that open."""

    def run_opened(self, run: RunState) -> None: ...


class RunFinder:
    """The open run of one transformer.

    Inside a pipeline's call a run belongs to one list of timesteps of the scheduler: FramePack
    makes several in one call. A bare transformer's run ends when the timestep goes back, the
    latents change their shape, or after `steps` calls a branch.
    """

    def __init__(
        self,
        opener: RunOpener,
        seat: CallerSeat,
        steps: int | None,
        names: tuple[str, str],
        context: Callable[[], str | None],
    ) -> None:
        self._opener = opener
        self.seat = seat
        self._steps = steps
        self._input, self._timestep = names
        self._context = context
        self._run: RunState | None = None

    def take(self) -> RunState | None:
        """The open run, which is open no longer."""
        run, self._run = self._run, None
        return run

    def put(self, run: RunState | None) -> None:
        """Opens a run again that was taken."""
        self._run = run

    def is_over(self, arguments: Mapping[str, Any]) -> bool:
        """Whether this call belongs to another run than the open one."""
        run = self._run
        if run is None:
            return False
        scheduler = self.seat.scheduler
        if scheduler is not None:
            return run.schedule.source is not getattr(scheduler, "timesteps", None)
        if run.schedule.source is not None:
            return True
        return (
            run.clock.is_over(self._timestep_of(arguments))
            or run.input_signature != self._input_signature(arguments)
            or self._is_exhausted(run, arguments)
        )

    def current(self, arguments: Mapping[str, Any], log: OpeningLog) -> RunState:
        """The open run; a new one when there is none. Raises ForecacheError for a wrong option."""
        if self._run is None:
            self._run = self._opened(arguments)
            log.run_opened(self._run)
        return self._run

    def place(self, run: RunState, arguments: Mapping[str, Any]) -> tuple[str, int]:
        """The branch and the index of a call. Asked once a call: it counts."""
        name = run.names.name(self._context(), arguments)
        index = run.clock.index(name, self._timestep_of(arguments))
        if not run.clock.repeats_are_branches:
            return name, index
        repeat = run.repeats.get((name, index), 0)
        run.repeats[(name, index)] = repeat + 1
        return (name if repeat == 0 else run.names.repeated(name, repeat)), index

    def _opened(self, arguments: Mapping[str, Any]) -> RunState:
        schedule: Schedule | None = None
        planned: TabledRun | None = None
        reason: str | None = None
        try:
            schedule = self._schedule(arguments)
            planned = self._opener.open(schedule)
        except NoPlanError as error:
            reason = error.reason
        except ForecacheError:
            raise
        except Exception as error:
            logger.debug("forecache: a run was not opened", exc_info=True)
            reason = f"{type(error).__name__}: {error}"
        if schedule is None:
            source = getattr(self.seat.scheduler, "timesteps", None)
            schedule = Schedule(steps=1, calls=1, source=source)
        return RunState(
            schedule=schedule,
            clock=self._clock(schedule),
            planned=planned,
            reason=reason,
            input_signature=self._input_signature(arguments),
        )

    def _schedule(self, arguments: Mapping[str, Any]) -> Schedule:
        if self.seat.scheduler is not None:
            timestep = self._timestep_of(arguments)
            return read_schedule(self.seat.scheduler, timestep, self.seat.serves)
        if self._steps is None:
            raise NoPlanError(NO_STEPS)
        return Schedule(steps=self._steps, calls=self._steps)

    def _clock(self, schedule: Schedule) -> CallClock:
        scheduler = self.seat.scheduler
        if scheduler is None:
            # Without steps nothing is planned, and nothing has to be read from the device.
            return RoundClock() if self._steps is None else TimestepClock()
        if hasattr(scheduler, "step_index"):
            return SchedulerClock(scheduler, schedule.first)
        return RoundClock()

    def _is_exhausted(self, run: RunState, arguments: Mapping[str, Any]) -> bool:
        if run.planned is None:
            return False
        try:
            name = run.names.name(self._context(), arguments)
        except NoPlanError:
            return False
        return run.clock.peek(name, self._timestep_of(arguments)) >= run.schedule.calls

    def _timestep_of(self, arguments: Mapping[str, Any]) -> Tensor | None:
        value = arguments.get(self._timestep)
        return value if isinstance(value, Tensor) and value.numel() > 0 else None

    def _input_signature(self, arguments: Mapping[str, Any]) -> tuple[object, ...]:
        value = arguments.get(self._input)
        if not isinstance(value, Tensor):
            return ()
        return tuple(value.shape), value.dtype, value.device
