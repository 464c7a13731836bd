"""Which slot of a ring holds the features of which call; numbers only, no memory."""

from __future__ import annotations

from forecache.errors import ForecacheError


class Ring:
    """Slots that are filled in turn, `positions` newest first.

    States: closed, and open while a call's features are written: `begin` opens, `commit` and
    `abort` close. The slot of the j-th newest call is `(newest - j) mod slots`; nothing ever moves.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.newest = -1
        self._positions: tuple[int, ...] = ()
        self._opened: int | None = None

    @property
    def positions(self) -> tuple[int, ...]:
        """Call indices whose features are stored, newest first."""
        return self._positions

    @property
    def opened(self) -> int | None:
        """The call that is being written, None when there is none."""
        return self._opened

    @property
    def open_slot(self) -> int:
        """The slot behind the newest: what is being written, or will be."""
        return (self.newest + 1) % self.slots

    def slot(self, age: int) -> int:
        """Slot of the `age`-th newest call, 0 for the newest."""
        return (self.newest - age) % self.slots

    def begin(self, call_index: int) -> None:
        """Opens a write. In a full ring the oldest call is gone from now on."""
        if self._opened is not None:
            raise ForecacheError(
                f"call {self._opened} is being written: commit or abort it before call {call_index}"
            )
        newest = self._positions[0] if self._positions else -1
        if call_index <= newest:
            raise ForecacheError(f"call_index must be an integer > {newest}, got {call_index}")
        self._opened = call_index
        self._positions = self._positions[: self.slots - 1]

    def commit(self) -> None:
        """Makes the written call the newest."""
        if self._opened is None:
            raise ForecacheError("no call is being written: begin one before commit")
        self.newest = self.open_slot
        self._positions = (self._opened, *self._positions)
        self._opened = None

    def abort(self) -> None:
        """Closes the write, if there is one; what it displaced stays gone."""
        self._opened = None

    def reset(self) -> None:
        """Back to an empty ring whose first slot is 0."""
        self.newest = -1
        self._positions = ()
        self._opened = None
