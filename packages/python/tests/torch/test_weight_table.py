"""Weights of a whole run on the device: the same forecasts, whatever the ring's turn."""

from __future__ import annotations

import re

import pytest
import torch

from forecache.errors import ForecacheError
from forecache.plan import Action, ActionKind, CallPlan, RunPlan
from forecache.torch import FeatureHistory, WeightTable
from forecache.torch.weight_table import weights_by_slot

FULL = Action(ActionKind.FULL)
REUSE = Action(ActionKind.REUSE)
LINE = Action(ActionKind.FORECAST, (1.5, -0.5))


def plan_of(*actions: Action) -> RunPlan:
    calls = tuple(CallPlan(index, action) for index, action in enumerate(actions))
    return RunPlan(len(actions), calls)


PLAN = plan_of(FULL, REUSE, FULL, LINE, FULL, LINE, FULL, REUSE)


def run_until(call_index: int, slots: int) -> FeatureHistory:
    """The history at a call of PLAN; the feature of call c is c everywhere."""
    history = FeatureHistory(1, slots)
    for call in PLAN.calls[:call_index]:
        if call.action.kind is ActionKind.FULL:
            history.begin(call.call_index)
            history.write(0, torch.full((1, 2, 3), float(call.call_index)))
            history.commit()
    return history


@pytest.mark.parametrize("slots", [2, 3])
@pytest.mark.parametrize("call", [1, 3, 5, 7])
def test_a_row_forecasts_what_its_numbers_forecast(slots: int, call: int) -> None:
    table, history = WeightTable(PLAN, slots, "cpu"), run_until(call, slots)
    row = table.row(call)
    assert row.values == PLAN.calls[call].action.effective_weights
    wanted = history.forecast(0, row.values)
    assert torch.equal(history.forecast(0, row), wanted)


@pytest.mark.parametrize("slots", [2, 3])
@pytest.mark.parametrize("call", [1, 3, 5, 7])
def test_a_row_on_the_device_is_in_the_order_of_the_rings_slots(slots: int, call: int) -> None:
    table, history = WeightTable(PLAN, slots, "cpu"), run_until(call, slots)
    by_slot = table.row(call).by_slot
    assert by_slot is not None
    newest_first = [part.mean().item() for part in history.newest(0, slots)]
    by_age = [
        by_slot[(table.row(call).newest - age) % slots].item() for age in range(len(newest_first))
    ]
    forecast = sum(w * f for w, f in zip(by_age, newest_first, strict=True))
    assert forecast == history.forecast(0, table.row(call).values).mean().item()


def test_a_selected_row_stays_at_one_address() -> None:
    table = WeightTable(PLAN, 2, "cpu")
    first, second = table.select(1).by_slot, table.select(3).by_slot
    assert first is second
    assert second is not None
    # Full calls 0 and 2 are in slots 0 and 1; the newest weighs 1.5.
    assert second.tolist() == [-0.5, 1.5]


def test_slots_that_are_not_read_weigh_nothing() -> None:
    assert weights_by_slot((2.0, 3.0), newest=0, slots=4) == [2.0, 0.0, 0.0, 3.0]


@pytest.mark.parametrize("call", [0, 8])
def test_calls_without_weights_have_no_row(call: int) -> None:
    message = f"call_index must be a call that the plan forecasts, got {call}"
    with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
        WeightTable(PLAN, 2, "cpu").row(call)


def test_a_plan_of_full_calls_has_no_rows() -> None:
    with pytest.raises(ForecacheError):
        WeightTable(plan_of(FULL, FULL), 2, "cpu").row(1)


def test_a_plan_that_forecasts_from_more_features_than_there_are_is_refused() -> None:
    message = "weights must be 1 to 1 numbers, one a stored feature, got 2"
    with pytest.raises(ForecacheError, match=f"^{re.escape(message)}$"):
        WeightTable(plan_of(FULL, LINE), 2, "cpu")
