"""How a sampler carries the network's outputs on to the sample, found by running it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from forecache.calibration.replay import Replay
from forecache.errors import ForecacheError

LINEAR_TOLERANCE = 1e-3
"""Largest relative distance between a recorded run and its sampler's response to the outputs."""


def sampler_response(replay: Replay, device: torch.device) -> Tensor:
    """`[calls + 1, calls]` float64: how much the sample before call s (the final one in the last
    row) moves when the output of call i moves by one.

    All unit vectors run at once, one a channel of a sample of zeros; what they do to it is read
    against a run of zeros, so that noise, the same in both, cancels.
    """
    calls = replay.calls
    dtype = torch.float32 if device.type == "mps" else torch.float64
    zeros = torch.zeros(1, calls, 1, 1, dtype=dtype, device=device)

    def unit(index: int) -> Tensor:
        vector = zeros.clone()
        vector[0, index] = 1
        return vector

    moved = replay.run(zeros, unit)
    still = replay.run(zeros, lambda _index: zeros)
    rows = [
        (after - before).reshape(calls).cpu().double()
        for after, before in zip(moved, still, strict=True)
    ]
    return torch.stack(rows)


def movement(response: Tensor, outputs: Sequence[Tensor]) -> Tensor:
    """How far the outputs move the final sample, float64: the sum over calls."""
    total = torch.zeros_like(outputs[0], dtype=torch.float64)
    for weight, output in zip(response[-1].tolist(), outputs, strict=True):
        total.add_(output.double(), alpha=weight)
    return total


def assert_linear(replay: Replay, expected: Tensor, moved: Tensor, tolerance: float) -> None:
    """Raises ForecacheError unless the sampler moved its sample as its response says.

    expected, moved: of the final sample, against the run without outputs.
    """
    distance = float((expected - moved).norm() / moved.norm())
    if not distance <= tolerance:
        raise ForecacheError(
            f"{replay.noun} must be linear in the network's outputs to be calibrated, "
            f"got {replay.name}: its final sample is {distance:.2g} from the response to the "
            f"outputs, at most {tolerance:.2g} is rounding (clipping, changed latents or other "
            f"noise)"
        )


def rounding_tolerance(dtypes: Iterable[torch.dtype], calls: int) -> float:
    """LINEAR_TOLERANCE, or what `calls` samples rounded to the coarsest of the types add up to
    where that is more.
    """
    coarsest = max(torch.finfo(dtype).eps for dtype in dtypes)
    return max(LINEAR_TOLERANCE, coarsest * math.sqrt(calls))
