"""The calls that every contestant computes in full, and how each spells them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """One set of full calls that all contestants can express.

    Diffusers' configuration reaches only the sets `0 .. warmup - 1, warmup + 1, warmup + 1 + N,
    ...`: the call after the warm-up is forecast, and the one after that is full. The others are
    told to do the same.

    steps: calls of a run. interval: N, calls from one full call to the next. warmup: leading full
        calls.
    """

    steps: int = 20
    interval: int = 5
    warmup: int = 3

    @property
    def full_calls(self) -> tuple[int, ...]:
        """Indices of the full calls: 0, 1, 2, 4, 9, 14, 19 of 20 with the defaults."""
        return tuple(call for call in range(self.steps) if self.is_full(call))

    def is_full(self, call: int) -> bool:
        """Whether a call is computed in full."""
        return call < self.warmup or (call - self.warmup - 1) % self.interval == 0

    @property
    def full_mask(self) -> list[int]:
        """1 for a full call, 0 for a forecast one: cache-dit's `steps_computation_mask`."""
        return [int(self.is_full(call)) for call in range(self.steps)]

    @property
    def forecache_options(self) -> dict[str, str | int]:
        """Options of forecache's TaylorSeer. `step_mask` adds the full call after the warm-up."""
        mask = "".join(str(int(call == self.warmup + 1)) for call in range(self.steps))
        return {
            "interval": self.interval,
            "warmup": self.warmup,
            "step_mask": mask,
            # The order grows from the second full call on, as in Diffusers.
            "growth": "eager",
        }
