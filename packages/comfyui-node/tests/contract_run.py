"""One sampler run with forecache on the model, and what the contract says of it."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comfy_host import ComfyHost, SampleRun
from fake_sources import FakeSource, taylor_source
from torch import Tensor

from forecache.plan import PlanSource
from forecache_comfyui.attachment import attach
from forecache_comfyui.run_report import RunReport
from forecache_comfyui.settings import compile_node_settings

CLOSE = 0.1
"""Relative L2: forecasts by a line over a few smooth steps of a tiny network stay below it."""


@dataclass
class Reports:
    """A watcher that keeps every report."""

    ended_runs: list[RunReport] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)

    def progressed(self, report: RunReport) -> None:
        self.progress.append(report.progress())

    def ended(self, report: RunReport) -> None:
        self.ended_runs.append(report)

    @property
    def newest(self) -> RunReport:
        return self.ended_runs[-1]


@dataclass
class Attached:
    """A model with forecache on it."""

    host: ComfyHost
    patcher: Any
    reports: Reports
    source: PlanSource

    def sample(self, run: SampleRun) -> Tensor:
        return self.host.sample(self.patcher, run)


def attached(
    host: ComfyHost,
    kind: str,
    source: PlanSource | None = None,
    policy: tuple[str, Mapping[str, object]] = ("taylorseer", {}),
    **given: Any,
) -> Attached:
    """A fresh model with forecache on it; by default a line between every third evaluation."""
    source = source or every_third()
    name, options = policy
    settings = compile_node_settings(name, options, source, **{"granularity": "output", **given})
    reports = Reports()
    return Attached(host, attach(host.model(kind), settings, reports, "7"), reports, source)


def every_third(warmup: int = 1) -> FakeSource:
    """Full at 0, 3, 6, ...: 8 of 12 evaluations are forecast."""
    return taylor_source(interval=3, order=1, warmup=warmup)


def plain(host: ComfyHost, kind: str, run: SampleRun) -> Tensor:
    """The latent of a fresh model without forecache."""
    return host.sample(host.model(kind), run)


def distance(one: Tensor, other: Tensor) -> float:
    """Relative L2 distance."""
    return float((one - other).norm() / other.norm())


def tensor_bytes() -> int:
    """Bytes of all storages that Python still knows, each counted once."""
    gc.collect()
    storages = {
        each.untyped_storage().data_ptr(): each.untyped_storage().nbytes()
        for each in gc.get_objects()
        if issubclass(type(each), Tensor)  # a look at its class would wake deprecated objects
    }
    return sum(storages.values())
