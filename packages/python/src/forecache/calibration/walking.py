"""Whether a run with forecasts did what its plan says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from forecache.calibration.recording import Recording
from forecache.calibration.sampler_response import rounding_tolerance
from forecache.errors import ForecacheError
from forecache.plan import ActionKind, RunPlan


@dataclass(frozen=True)
class CallCounts:
    """What became of the calls of one run.

    by_branch: full calls and forecasts. reasons: why not as planned, as far as the host knows.
    bypassed: full calls outside of any plan.
    """

    by_branch: Mapping[str, tuple[int, int]]
    reasons: Sequence[str]
    bypassed: int = 0


def assert_followed(made: CallCounts, plan: RunPlan) -> None:
    """Raises ForecacheError unless every branch skipped what the plan says, in one run."""
    full = sum(call.action.kind is ActionKind.FULL for call in plan.calls)
    wanted = (full, len(plan.calls) - full)
    branches = made.by_branch
    if branches and all(counts == wanted for counts in branches.values()) and not made.bypassed:
        return
    shown = ", ".join(f"{name} {full} + {skipped}" for name, (full, skipped) in branches.items())
    reasons = "; ".join(made.reasons) or "no reason given"
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


def guidance_warning(walk: Recording, plan: RunPlan) -> str | None:
    """What to say where guided outputs of forecast calls are not the weighted sums of the full
    ones, None where they are.

    Weights are fitted to guided outputs and applied to the network's: the same only as long as
    guidance is one linear combination throughout the run.
    """
    off = max(_distances(walk.outputs, plan), default=0.0)
    if off <= 10 * rounding_tolerance((walk.dtype,), walk.calls):
        return None
    return (
        "guidance is not one linear combination throughout the run: a forecast's guided output is "
        f"up to {off:.2g} off, relative"
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
