"""Which call of its run a call is, without asking the device."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor


class CallClock(Protocol):
    """Counts the calls of a run."""

    repeats_are_branches: bool
    """Whether a branch that calls twice at one index is two branches, and not the next call."""

    def index(self, branch: str, timestep: Tensor | None) -> int:
        """The index of the call that this branch makes now, from 0."""

    def peek(self, branch: str, timestep: Tensor | None) -> int:
        """What `index` would answer, without counting."""

    def is_over(self, timestep: Tensor | None) -> bool:
        """Whether a call with this timestep belongs to another run."""


class SchedulerClock:
    """Reads the scheduler's step index: it moves with every `step`, whichever branches were
    computed.
    """

    repeats_are_branches = True

    def __init__(self, scheduler: Any, first: int) -> None:
        self._scheduler = scheduler
        self._first = first

    def index(self, branch: str, timestep: Tensor | None) -> int:
        at = self._scheduler.step_index
        return 0 if at is None else int(at) - self._first

    def peek(self, branch: str, timestep: Tensor | None) -> int:
        return self.index(branch, timestep)

    def is_over(self, timestep: Tensor | None) -> bool:
        return False


class RoundClock:
    """Counts rounds of branches: a branch that comes again begins the next call."""

    repeats_are_branches = False

    def __init__(self) -> None:
        self._index = 0
        self._seen: set[str] = set()

    def index(self, branch: str, timestep: Tensor | None) -> int:
        if branch in self._seen:
            self._advance()
        self._seen.add(branch)
        return self._index

    def peek(self, branch: str, timestep: Tensor | None) -> int:
        return self._index + (branch in self._seen)

    def is_over(self, timestep: Tensor | None) -> bool:
        return False

    def _advance(self) -> None:
        self._index += 1
        self._seen.clear()


class TimestepClock(RoundClock):
    """Without a scheduler: another timestep is the next call, and one back in time is another run.

    Reads the timestep from the device at every call.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: float | None = None
        self._direction = 0.0
        self._read: tuple[Tensor, float] | None = None

    def index(self, branch: str, timestep: Tensor | None) -> int:
        value = self._value(timestep)
        # The caller may write another timestep into the same tensor before the next call.
        self._read = None
        if self._is_next(value):
            assert value is not None
            assert self._last is not None
            self._direction = value - self._last
            self._advance()
        self._last = value
        return super().index(branch, timestep)

    def peek(self, branch: str, timestep: Tensor | None) -> int:
        is_next = self._is_next(self._value(timestep))
        return self._index + 1 if is_next else super().peek(branch, timestep)

    def is_over(self, timestep: Tensor | None) -> bool:
        value = self._value(timestep)
        if value is None or self._last is None:
            return False
        return (value - self._last) * self._direction < 0

    def _is_next(self, value: float | None) -> bool:
        return value is not None and self._last is not None and value != self._last

    def _value(self, timestep: Tensor | None) -> float | None:
        if timestep is None:
            return None
        if self._read is None or self._read[0] is not timestep:
            self._read = (timestep, float(timestep.max()))
        return self._read[1]
