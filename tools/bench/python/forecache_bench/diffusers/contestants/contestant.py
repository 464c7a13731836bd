"""What the benchmark asks of each contestant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from forecache_bench.diffusers.networks import Network
from forecache_bench.diffusers.sampling import SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule

Kept = Literal["nothing", "module", "stack", "output"]
"""What is stored of a full call: every branch's output, one tensor of the stack, the output."""


class Installed(Protocol):
    """A contestant on a pipeline."""

    def begin_run(self) -> None:
        """What its users do before a run; part of the run's time."""

    def end_run(self) -> None:
        """Lets go of what the run stored, so that contestants do not add up; not timed."""

    def assert_at_work(self) -> None:
        """Raises Unavailable when a run has shown that it does not do what its row is about."""

    def remove(self) -> None:
        """Takes the contestant off for good."""


@dataclass(frozen=True)
class Contestant:
    """One row of the benchmark.

    peer: forecache, Diffusers, cache-dit, the authors or none. kept: see `Kept`. order: highest
        difference used.
    install: hooks it to a pipeline; raises `Unavailable` where it cannot run.
    """

    name: str
    peer: str
    kept: Kept
    order: int
    install: Callable[[SamplingPipeline, Network, Schedule], Installed]


class Unavailable(Exception):
    """A contestant cannot run here. The message says why and appears in the report."""


def feature_bytes(contestant: Contestant, network: Network) -> int:
    """Bytes of one stored copy of all that the contestant keeps of a full call."""
    rows, tokens, width = network.feature_shape
    values = {
        "nothing": 0,
        "module": network.module_sites * rows * tokens * width,
        "stack": rows * tokens * width,
        "output": network.output_values,
    }[contestant.kept]
    return values * network.dtype.itemsize
