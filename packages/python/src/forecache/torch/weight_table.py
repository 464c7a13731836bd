"""Forecast weights of a whole run on the device, so that a call copies nothing there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.plan import ActionKind, RunPlan


@dataclass(frozen=True)
class WeightRow:
    """The weights of one call.

    values: newest stored feature first.
    newest: the ring's newest slot at this call, if the ring follows the plan.
    by_slot: `[slots]` float32 on the device, zeros for slots that are not read; None: not there.
    """

    values: tuple[float, ...]
    newest: int = -1
    by_slot: Tensor | None = None


Weights = Sequence[float] | WeightRow
"""Weights of a forecast, newest stored feature first."""


def weight_values(weights: Weights, stored: int) -> tuple[float, ...]:
    """The weights as numbers. Raises ForecacheError unless there are 1 to `stored`, all finite."""
    values = weights.values if isinstance(weights, WeightRow) else tuple(weights)
    if not 1 <= len(values) <= stored:
        raise ForecacheError(
            f"weights must be 1 to {stored} numbers, one a stored feature, got {len(values)}"
        )
    if not all(map(math.isfinite, values)):
        raise ForecacheError(f"weights must be finite, got {values}")
    return values


def weights_by_slot(values: Sequence[float], newest: int, slots: int) -> list[float]:
    """Weights in the order of the ring's slots, 0 for slots that are not read."""
    row = [0.0] * slots
    for age, value in enumerate(values):
        row[(newest - age) % slots] = value
    return row


class WeightTable:
    """The weights of every call of a static plan, copied to the device once a run.

    Rows are in the order of the ring's slots, for a ring that gets the plan's full calls and no
    others: one captured CUDA graph then serves every call, with `select` between its replays.
    """

    def __init__(self, plan: RunPlan, slots: int, device: torch.device | str) -> None:
        self._rows = dict(_planned_rows(plan, slots))
        table = [weights_by_slot(values, newest, slots) for values, newest in self._rows.values()]
        self._index = {call: index for index, call in enumerate(self._rows)}
        self._table = torch.tensor(table, dtype=torch.float32).reshape(len(table), slots).to(device)
        self._current = torch.zeros(slots, dtype=torch.float32, device=device)

    def row(self, call_index: int) -> WeightRow:
        """The row of a forecast or reused call. Raises ForecacheError for any other call."""
        values, newest = self._entry(call_index)
        return WeightRow(values, newest, self._table[self._index[call_index]])

    def select(self, call_index: int) -> WeightRow:
        """The same row in a buffer that never moves; copied on the device, nothing waits."""
        values, newest = self._entry(call_index)
        self._current.copy_(self._table[self._index[call_index]])
        return WeightRow(values, newest, self._current)

    def _entry(self, call_index: int) -> tuple[tuple[float, ...], int]:
        if call_index not in self._rows:
            raise ForecacheError(
                f"call_index must be a call that the plan forecasts, got {call_index}"
            )
        return self._rows[call_index]


def _planned_rows(plan: RunPlan, slots: int) -> Iterable[tuple[int, tuple[tuple[float, ...], int]]]:
    """Call index, weights and the ring's newest slot of every call with weights."""
    full = 0
    for call in plan.calls:
        if call.action.kind is ActionKind.FULL:
            full += 1
            continue
        values = call.action.effective_weights
        if values:
            yield call.call_index, (weight_values(values, min(full, slots)), (full - 1) % slots)
