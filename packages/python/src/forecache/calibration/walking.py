"""Runs with forecasts, recorded; and whether they did what the plan says."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.recording import Recording, recorded
from forecache.calibration.runs import Run
from forecache.calibration.sampler_response import rounding_tolerance
from forecache.diffusers import Statistics, enabled
from forecache.errors import ForecacheError
from forecache.plan import ActionKind, RunPlan

logger = logging.getLogger("forecache")


def record_run(pipe: Any, run: Run, elements: Elements) -> Recording:
    """The run as it is, recorded."""
    with recorded(pipe.scheduler, elements) as recording:
        run()
    return recording


def record_walk(pipe: Any, run: Run, source: PresetSource, elements: Elements) -> Recording:
    """The run with the source's plan, recorded. Raises ForecacheError where it was not followed."""
    with enabled(pipe, sidecar=source, granularity="output", verbose=False) as handle:
        recording = record_run(pipe, run, elements)
        stats = handle.stats()
    assert_followed(stats, source.plan)
    return recording


def assert_followed(stats: Statistics, plan: RunPlan) -> None:
    """Raises ForecacheError unless every branch skipped what the plan says, in one run."""
    full = sum(call.action.kind is ActionKind.FULL for call in plan.calls)
    wanted = (full, len(plan.calls) - full)
    branches = {*stats.full_calls, *stats.forecast_calls}
    made = {
        name: (stats.full_calls.get(name, 0), stats.forecast_calls.get(name, 0))
        for name in sorted(branches)
    }
    if made and all(counts == wanted for counts in made.values()) and not stats.bypassed_calls:
        return
    shown = ", ".join(f"{name} {full} + {skipped}" for name, (full, skipped) in made.items())
    reasons = "; ".join(stats.reasons) or "no reason given"
    raise ForecacheError(
        f"a run must compute {wanted[0]} calls and forecast {wanted[1]}, got "
        f"{shown or 'no call'}: {reasons}"
    )


def assert_repeats(walk: Recording, reference: Recording) -> None:
    """Raises ForecacheError unless both runs began with the same sample."""
    start, known = walk.start, reference.start
    if start is None or known is None or not torch.equal(start, known):
        raise ForecacheError(
            "a run must begin with the same noise each time it is made: "
            "give it latents or a seeded generator"
        )


def warn_of_guidance(walk: Recording, plan: RunPlan) -> None:
    """Warns where guided outputs of forecast calls are not the weighted sums of the full ones.

    Weights are fitted to guided outputs and applied to the network's: the same only as long as
    guidance is one linear combination throughout the run.
    """
    off = max(_distances(walk.outputs, plan), default=0.0)
    if off > 10 * rounding_tolerance((walk.dtype,), walk.calls):
        logger.warning(
            "forecache: guidance is not one linear combination throughout the run: a forecast's "
            "guided output is up to %.2g off, relative",
            off,
        )


def _distances(outputs: Sequence[Tensor], plan: RunPlan) -> list[float]:
    history: list[Tensor] = []
    found = []
    for call, output in zip(plan.calls, outputs, strict=True):
        if call.action.kind is ActionKind.FULL:
            history.insert(0, output)
            continue
        weights = call.action.effective_weights
        expected = sum(
            (weight * each.double() for weight, each in zip(weights, history, strict=False)),
            start=torch.zeros_like(output, dtype=torch.float64),
        )
        found.append(float((output.double() - expected).norm() / expected.norm()))
    return found
