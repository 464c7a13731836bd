"""The model as it is: the reference of every ratio."""

from __future__ import annotations

from forecache_bench.diffusers.contestants.contestant import Contestant, Installed
from forecache_bench.diffusers.networks import Network
from forecache_bench.diffusers.sampling import SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule


class _Untouched:
    def begin_run(self) -> None:
        """Nothing to prepare."""

    def end_run(self) -> None:
        """Nothing stored."""

    def assert_at_work(self) -> None:
        """Runs show by their numbers what it does."""

    def remove(self) -> None:
        """Nothing hooked."""


def _install(_pipeline: SamplingPipeline, _network: Network, _schedule: Schedule) -> Installed:
    return _Untouched()


UNCACHED = Contestant("uncached", "none", "nothing", 0, _install)
