"""Diffusers' TaylorSeerCacheConfig: as it comes, with every branch named, and its lite mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from diffusers.hooks.hooks import CacheContext, HookRegistry, _set_cache_context
from diffusers.hooks.taylorseer_cache import TaylorSeerCacheConfig, apply_taylorseer_cache
from torch import nn

from forecache_bench.diffusers.contestants.contestant import Contestant, Installed
from forecache_bench.diffusers.networks import Network
from forecache_bench.diffusers.sampling import SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule

HOOK_NAME = "taylorseer_cache"


@dataclass
class _TaylorSeerHooks:
    transformer: nn.Module

    def begin_run(self) -> None:
        # DiT is no CacheMixin and has no `cache_context`; this is what `cache_context("joint")`
        # does.
        _set_cache_context(self.transformer, CacheContext("joint"))

    def end_run(self) -> None:
        HookRegistry.check_if_exists_or_initialize(self.transformer).reset_stateful_hooks()

    def assert_at_work(self) -> None:
        """Runs show by their numbers what it does."""

    def remove(self) -> None:
        HookRegistry.check_if_exists_or_initialize(self.transformer).remove_hook(HOOK_NAME)


def hooked_modules(transformer: nn.Module) -> list[str]:
    """Names of the modules that carry a TaylorSeer hook."""
    return [
        name
        for name, module in transformer.named_modules()
        if HOOK_NAME in getattr(getattr(module, "_diffusers_hook", None), "hooks", {})
    ]


def _install(
    order: int, options: Callable[[Network], dict[str, Any]]
) -> Callable[[SamplingPipeline, Network, Schedule], Installed]:
    def install(pipeline: SamplingPipeline, network: Network, schedule: Schedule) -> Installed:
        config = TaylorSeerCacheConfig(
            cache_interval=schedule.interval,
            disable_cache_before_step=schedule.warmup,
            max_order=order,
            **options(network),
        )
        apply_taylorseer_cache(pipeline.transformer, config)
        return _TaylorSeerHooks(pipeline.transformer)

    return install


def _every_branch(network: Network) -> dict[str, Any]:
    return {
        "cache_identifiers": list(network.branch_patterns),
        "skip_predict_identifiers": list(network.idle_patterns) or None,
        "taylor_factors_dtype": network.dtype,
    }


def diffusers_contestants(orders: Sequence[int]) -> list[Contestant]:
    """As it comes and lite at the lowest order, every branch named at each order."""
    lowest = min(orders)
    named = [
        Contestant(
            f"Diffusers, every branch named, order {order}",
            "Diffusers",
            "module",
            order,
            _install(order, _every_branch),
        )
        for order in orders
    ]
    default = Contestant(
        f"Diffusers, as it comes, order {lowest}",
        "Diffusers",
        # What its patterns match differs from model to model, so no physical limit is taken.
        "nothing",
        lowest,
        _install(lowest, lambda _network: {}),
    )
    lite = Contestant(
        f"Diffusers, lite, order {lowest}",
        "Diffusers",
        "output",
        lowest,
        _install(lowest, lambda _network: {"use_lite_mode": True}),
    )
    return [default, *named, lite]
