"""A sampler's run again, on outputs of one's own choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor


class Replay(Protocol):
    """A recorded run that can be made again without its network, with the noise that it drew.

    noun: what the host calls what samples, for messages.
    """

    @property
    def noun(self) -> str: ...

    @property
    def name(self) -> str:
        """Of the sampler."""

    @property
    def calls(self) -> int:
        """Calls of the network."""

    def run(self, start: Tensor, output: Callable[[int], Tensor]) -> list[Tensor]:
        """The sample before every call and the final one, given the outputs by call.

        start: the sample before the first call, of any shape. Raises ForecacheError where the
        sampler refuses.
        """
