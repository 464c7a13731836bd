"""The full runs that everything is measured against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from forecache.calibration.gram import gram
from forecache.calibration.recording import Recording
from forecache.errors import ForecacheError


@dataclass(frozen=True)
class Reference:
    """Full runs of one sampler. response: `[calls + 1, calls]`, the same for all of them."""

    runs: Sequence[Recording]
    response: Tensor

    @property
    def calls(self) -> int:
        """Calls of the network in a run."""
        return self.response.shape[1]

    @cached_property
    def grams(self) -> list[Tensor]:
        """Of each run, over the outputs of its calls."""
        return [gram(run.outputs, run.elements.scale) for run in self.runs]

    @cached_property
    def movement_share(self) -> float:
        """How far outputs move the final samples, relative to their norm: from errors relative to
        the movement to errors relative to the sample.
        """
        steps = self.response[-1]
        moved = sum(float(steps @ products @ steps) for products in self.grams)
        final = sum(squared(run.ended) * run.elements.scale for run in self.runs)
        return math.sqrt(moved / final)


def reference_of(runs: Sequence[Recording]) -> Reference:
    """Checks that the runs are of one sampler and that it is linear in the outputs.

    Raises ForecacheError where it is not.
    """
    response = runs[0].response()
    for index, run in enumerate(runs[1:], start=1):
        if run.timesteps != runs[0].timesteps:
            raise ForecacheError(
                f"all runs must make the same calls, runs 0 and {index} have other timesteps"
            )
        run.check(response)
    return Reference(runs, response)


def relative_error(walks: Sequence[Tensor], finals: Sequence[Tensor]) -> float:
    """sqrt(Σ |x - x*|² / Σ |x*|²) over runs, x* the final sample of the full run."""
    pairs = zip(walks, finals, strict=True)
    distance = sum(squared(walk.double() - final.double()) for walk, final in pairs)
    return math.sqrt(distance / sum(squared(final) for final in finals))


def squared(tensor: Tensor) -> float:
    """|x|², summed in float64."""
    return float(torch.sum(tensor.double().square()))
