"""forecache at each granularity, through its public `enable`."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from forecache_bench.diffusers.catalog import COMMAND_LINE
from forecache_bench.diffusers.contestants.contestant import (
    Contestant,
    Installed,
    Kept,
    Unavailable,
)
from forecache_bench.diffusers.networks import Network
from forecache_bench.diffusers.sampling import SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule

AUTO = "auto"
MAIN_VARIABLE = "FORECACHE_SIDECAR_MAIN"
KEPT: dict[str, Kept] = {
    "module": "module",
    "block": "stack",
    "hidden": "stack",
    "output": "output",
}


@dataclass
class _Enabled:
    """forecache on a pipeline: runs begin and end with the pipeline's own call."""

    library: Any
    pipeline: SamplingPipeline

    def begin_run(self) -> None:
        """A run begins by itself."""

    def end_run(self) -> None:
        """A run ends by itself."""

    def assert_at_work(self) -> None:
        """forecache computes in full when in doubt; a benchmark of that would measure nothing."""
        statistics = self.library.stats(self.pipeline)
        if not any(statistics.forecast_calls.values()):
            raise Unavailable(f"nothing was forecast: {', '.join(statistics.reasons)}")

    def remove(self) -> None:
        self.library.disable(self.pipeline)


@functools.cache
def _plan_source(sidecar: str) -> Any:
    """One connection for all rows. A sidecar that must be started starts in the checked run."""
    client = importlib.import_module("forecache.client")
    if sidecar != AUTO:
        return client.find_sidecar(sidecar)
    # What a checkout has built serves where no sidecar is bundled.
    built = {MAIN_VARIABLE: str(COMMAND_LINE)} if COMMAND_LINE.exists() else {}
    return client.find_sidecar(None, {**built, **os.environ})


def _install(
    granularity: str, order: int, sidecar: str
) -> Callable[[SamplingPipeline, Network, Schedule], Installed]:
    def install(pipeline: SamplingPipeline, _network: Network, schedule: Schedule) -> Installed:
        try:
            library = importlib.import_module("forecache")
        except ImportError as error:
            raise Unavailable(f"forecache cannot be imported: {error}") from error
        library.enable(
            pipeline,
            policy="taylorseer",
            granularity=granularity,
            sidecar=_plan_source(sidecar),
            verbose=False,
            order=order,
            **schedule.forecache_options,
        )
        return _Enabled(library, pipeline)

    return install


def forecache_contestants(orders: Sequence[int], sidecar: str) -> list[Contestant]:
    """Every granularity at every order. sidecar: an address, or `auto`."""
    return [
        Contestant(
            f"forecache {granularity}, order {order}",
            "forecache",
            kept,
            order,
            _install(granularity, order, sidecar),
        )
        for granularity, kept in KEPT.items()
        for order in orders
    ]
