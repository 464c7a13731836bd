"""A forecast call is what the equations say, and a full call is what the model says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from fake_sources import REUSE, FakeSource, forecast
from recorded_call import RecordedCall, head_without_blocks, record_call
from tiny_model import TinyModel
from tiny_models import TINY_MODELS
from torch import Tensor, nn

import forecache
from forecache.diffusers.layouts import find_layout
from forecache.plan import FULL, Action

ROUNDING = 1e-5
"""Relative: float32 through a few blocks, summed in another order."""

INSIDE = ("hidden", "residual", "block", "module")
WEIGHTS = (1.75, -0.75)

every_model = pytest.mark.parametrize("model", TINY_MODELS.values(), ids=TINY_MODELS.keys())
every_granularity = pytest.mark.parametrize("granularity", [*INSIDE, "output"])


def timesteps_of(model: TinyModel, calls: int) -> list[float]:
    """Falling, in the model's own unit."""
    return [model.timestep * (1 - 0.2 * call) for call in range(calls)]


def inputs_of(model: TinyModel, calls: int) -> list[dict[str, Any]]:
    """One picture's calls: conditioning stays, latents move with the timestep."""
    made = []
    for call, timestep in enumerate(timesteps_of(model, calls)):
        inputs = model.inputs(1, timestep)
        inputs["hidden_states"] = inputs["hidden_states"] * (1 - 0.1 * call)
        made.append(inputs)
    return made


def outputs(transformer: nn.Module, calls: Sequence[dict[str, Any]]) -> list[Tensor]:
    return [transformer(**call, return_dict=False)[0].clone() for call in calls]


def plan(*actions: Action) -> FakeSource:
    return FakeSource(lambda _calls: actions, history_size=2)


def heads(transformer: nn.Module, calls: Sequence[dict[str, Any]]) -> list[Tensor]:
    """The head's input in every call, by a hook of its own."""
    layout = find_layout(transformer)
    assert layout is not None
    seen: list[Tensor] = []
    head = getattr(transformer, layout.head)
    handle = head.register_forward_pre_hook(lambda _head, args: seen.append(args[0].clone()))
    outputs(transformer, calls)
    handle.remove()
    return seen


def relative_error(actual: Tensor, expected: Tensor) -> float:
    return float((actual - expected).norm() / expected.norm())


@every_granularity
@every_model
def test_full_calls_are_bit_identical(model: TinyModel, granularity: str) -> None:
    transformer = model.build()
    calls = inputs_of(model, 3)
    expected = outputs(transformer, calls)
    # The last call is a forecast: without one nothing would be stored.
    source = plan(FULL, FULL, FULL, REUSE)
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=4) as handle:
        actual = outputs(transformer, calls)
        assert handle.stats().peak_cache_bytes > 0
    for mine, own in zip(actual, expected, strict=True):
        assert torch.equal(mine, own)


@every_granularity
@every_model
def test_reuse_at_the_same_input_is_the_full_output(model: TinyModel, granularity: str) -> None:
    transformer = model.build()
    # The same timestep again is the next call of the same branch.
    call = inputs_of(model, 1)[0]
    expected = outputs(transformer, [call])[0]
    source = plan(FULL, REUSE)
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=2) as handle:
        actual = outputs(transformer, [call, call])[1]
        assert sum(handle.stats().forecast_calls.values()) == 1
    assert relative_error(actual, expected) < ROUNDING


@every_model
def test_hidden_is_the_weighted_sum_of_true_heads(model: TinyModel) -> None:
    transformer = model.build()
    calls = inputs_of(model, 3)
    true = heads(transformer, calls)
    source = plan(FULL, FULL, forecast(*WEIGHTS))
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=3):
        actual = heads(transformer, calls)[2]
    assert relative_error(actual, 1.75 * true[1] - 0.75 * true[0]) < ROUNDING


@pytest.mark.parametrize("granularity", ["residual", "block", "module"])
@every_model
def test_the_head_gets_p_and_what_is_forecast(model: TinyModel, granularity: str) -> None:
    transformer = model.build()
    layout = find_layout(transformer)
    assert layout is not None
    calls = inputs_of(model, 3)
    records = [record_call(transformer, layout, call) for call in calls]
    base = head_without_blocks(transformer, layout, calls[2])
    if granularity == "module":
        added = gated_features(records)
    else:
        moved = [residual(record) for record in records[:2]]
        added = 1.75 * moved[1] - 0.75 * moved[0]
    source = plan(FULL, FULL, forecast(*WEIGHTS))
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=3):
        actual = heads(transformer, calls)[2]
    assert relative_error(actual, base + added) < ROUNDING


def residual(record: RecordedCall) -> Tensor:
    moved = [block.residual for block in record.blocks if block.residual is not None]
    assert len(moved) == len(record.blocks)
    return torch.stack(moved).sum(0)


def gated_features(records: Sequence[RecordedCall]) -> Tensor:
    """Features of the first two calls, gates of the third."""
    before, newest, now = records
    total = torch.zeros(())
    for old, new, current in zip(before.blocks, newest.blocks, now.blocks, strict=True):
        for one, two, gate in zip(old.features, new.features, current.gates, strict=True):
            feature = 1.75 * two - 0.75 * one
            total = total + (feature if gate is None else gate.unsqueeze(1) * feature)
    return total


@every_model
def test_output_and_change_do_not_touch_the_network(model: TinyModel) -> None:
    transformer = model.build()
    calls = inputs_of(model, 3)
    true = outputs(transformer, calls)
    given = [call["hidden_states"] for call in calls]
    seen: list[int] = []
    for granularity in ("output", "change"):
        source = plan(FULL, FULL, forecast(*WEIGHTS))
        with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=3):
            outputs(transformer, calls[:2])
            layout = find_layout(transformer)
            assert layout is not None
            block = getattr(transformer, layout.stages[0].blocks)[0]
            handle = block.register_forward_pre_hook(lambda *_: seen.append(1))
            actual = outputs(transformer, calls[2:])[0]
            handle.remove()
        if granularity == "output":
            assert relative_error(actual, 1.75 * true[1] - 0.75 * true[0]) < ROUNDING
            assert seen == []
        elif true[0].shape == given[0].shape:
            changes = [output - latents for output, latents in zip(true, given, strict=True)]
            expected = given[2] + 1.75 * changes[1] - 0.75 * changes[0]
            assert relative_error(actual, expected) < ROUNDING
            assert seen == []
        else:
            assert torch.equal(actual, true[2])
