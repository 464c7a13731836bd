"""One recorded run: the guided output of every call, and where the sampler ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.replay import Replay
from forecache.calibration.sampler_response import (
    assert_linear,
    movement,
    rounding_tolerance,
    sampler_response,
)
from forecache.errors import ForecacheError


@dataclass
class Recording:
    """One run: its guided outputs by call and its final sample, flat (`Elements`).

    start: the sample before the first call, whole. timesteps: one a call, in the sampler's unit.
    unsampled: what is said where the host never got to the sampler.
    """

    unsampled: ClassVar[str] = "a run must call the sampler, it did not"

    elements: Elements
    outputs: list[Tensor] = field(default_factory=list)
    timesteps: list[float] = field(default_factory=list)
    replay: Replay | None = None
    start: Tensor | None = None
    final: Tensor | None = None

    @property
    def calls(self) -> int:
        """Calls of the network that reached the sampler."""
        return len(self.outputs)

    @property
    def dtype(self) -> torch.dtype:
        """What outputs are in."""
        return self.outputs[0].dtype

    @property
    def ended(self) -> Tensor:
        """The final sample. Raises ForecacheError where there is none."""
        return self._made()[2]

    def response(self) -> Tensor:
        """The sampler's response. Raises ForecacheError where this run contradicts it."""
        replay, start, _ = self._made()
        response = sampler_response(replay, start.device)
        self.check(response)
        return response

    def check(self, response: Tensor) -> None:
        """Raises ForecacheError unless the response says how this run's outputs moved its final
        sample.
        """
        replay, start, final = self._made()
        zero = torch.zeros(start.shape, dtype=self.dtype, device=start.device)
        still = self.elements.of(replay.run(start, lambda _index: zero)[-1])
        moved = final.double() - still.double()
        tolerance = rounding_tolerance((start.dtype, self.dtype), self.calls)
        assert_linear(replay, movement(response, self.outputs), moved, tolerance)

    def _made(self) -> tuple[Replay, Tensor, Tensor]:
        if self.replay is None or self.start is None or self.final is None:
            raise ForecacheError(self.unsampled)
        return self.replay, self.start, self.final
