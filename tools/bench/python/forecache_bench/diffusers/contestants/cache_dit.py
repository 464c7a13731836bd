"""cache-dit: its TaylorSeer calibrator behind a static step mask."""

from __future__ import annotations

import contextlib
import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forecache_bench.diffusers.contestants.contestant import Contestant, Installed, Unavailable
from forecache_bench.diffusers.networks import Network
from forecache_bench.diffusers.sampling import SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule


@dataclass
class _CacheDit:
    """cache-dit on one transformer; its guide asks for a refresh before a run without pipeline."""

    library: Any
    transformer: Any
    steps: int

    def begin_run(self) -> None:
        self.library.refresh_context(self.transformer, num_inference_steps=self.steps)

    def end_run(self) -> None:
        self.begin_run()

    def assert_at_work(self) -> None:
        """Runs show by their numbers what it does."""

    def remove(self) -> None:
        self.library.disable_cache(self.transformer)


def _import_cache_dit() -> Any:
    try:
        with _quiet():
            library = importlib.import_module("cache_dit")
    except ImportError as error:
        raise Unavailable(f"cache-dit cannot be imported: {error}") from error
    logging.getLogger("CACHE_DIT").setLevel(logging.ERROR)
    return library


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps notices about optional kernels, which cache-dit logs at import, out of the output."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(previous)


def _install(order: int) -> Callable[[SamplingPipeline, Network, Schedule], Installed]:
    def install(pipeline: SamplingPipeline, _network: Network, schedule: Schedule) -> Installed:
        library = _import_cache_dit()
        with _quiet():
            library.enable_cache(
                pipeline.transformer,
                cache_config=library.DBCacheConfig(
                    # The first block is always computed: at least one is required.
                    Fn_compute_blocks=1,
                    Bn_compute_blocks=0,
                    max_warmup_steps=schedule.warmup,
                    num_inference_steps=schedule.steps,
                    steps_computation_mask=schedule.full_mask,
                    steps_computation_policy="static",
                    enable_separate_cfg=False,
                ),
                calibrator_config=library.TaylorSeerCalibratorConfig(taylorseer_order=order),
            )
        return _CacheDit(library, pipeline.transformer, schedule.steps)

    return install


def cache_dit_contestants(orders: Sequence[int]) -> list[Contestant]:
    """One row an order: the residual of all blocks but the first is forecast."""
    return [
        Contestant(f"cache-dit F1B0, order {order}", "cache-dit", "stack", order, _install(order))
        for order in orders
    ]
