"""The engine with a real sidecar process: the same plans, and no picture lost when it dies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_pipelines import PIPELINES, flux_pipeline, generate

import forecache
from forecache.client import SidecarSource

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from sidecar_server import SidecarServer, printed_by

TIMES = {"deadline_ms": 10_000, "connect_timeout_ms": 10_000}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SidecarServer]:
    server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    yield server
    server.stop()


@pytest.fixture
def source(server: SidecarServer) -> Iterator[SidecarSource]:
    source = SidecarSource(server.addresses[0], **TIMES)
    yield source
    source.close()


@pytest.mark.parametrize("granularity", [None, "hidden", "residual", "module", "output", "change"])
def test_taylorseer_skips(source: SidecarSource, granularity: str | None) -> None:
    pipe, call = flux_pipeline(10)
    with forecache.enabled(
        pipe, "taylorseer", granularity=granularity, sidecar=source, interval=4, max_order=1
    ) as handle:
        generate(pipe, call)
        stats = handle.stats()
    # Warm-up 3, then every fourth: 0, 1, 2, 6.
    assert (stats.full_calls, stats.forecast_calls) == ({"cond": 4}, {"cond": 6})
    assert (stats.granularity, stats.reasons) == (granularity or "hidden", {})
    assert stats.policy == "taylorseer(interval=4, order=1, warmup=3)"


@pytest.mark.parametrize("name", ["flux with true guidance", "sd3 with heun", "wan", "dit"])
def test_static_policies_serve_every_branch(source: SidecarSource, name: str) -> None:
    pipe, call = PIPELINES[name](8)
    with forecache.enabled(pipe, "fora", sidecar=source, interval=3) as handle:
        generate(pipe, call)
        stats = handle.stats()
    assert stats.reasons == {}
    assert sum(stats.forecast_calls.values()) > 0


@pytest.mark.parametrize(
    ("policy", "options", "granularity"),
    [
        ("easycache", {"threshold": 1000.0, "warmup": 2}, "change"),
        ("teacache", {"threshold": 1000.0, "coefficients": "flux.1-dev"}, "residual"),
        ("first-block-cache", {"threshold": 1000.0}, "residual"),
        ("delta-dit", {"interval": 2, "skip": 2}, "residual"),
        ("magcache", {"threshold": 1000.0, "retention": 0.0}, "residual"),
        ("dmd", {"interval": 2, "snapshots": 4}, "output"),
        ("hicache", {"interval": 3}, "hidden"),
        ("foca", {"interval": 3}, "hidden"),
        ("spectrum", {"interval": 3, "warmup": 3}, "hidden"),
    ],
)
def test_every_policy_that_can_skips_at_its_own_granularity(
    source: SidecarSource, policy: str, options: dict[str, object], granularity: str
) -> None:
    pipe, call = flux_pipeline(10)
    with forecache.enabled(pipe, policy, sidecar=source, **options) as handle:
        output = generate(pipe, call)
        stats = handle.stats()
    assert bool(output.isfinite().all())
    assert stats.granularity == granularity
    assert stats.forecast_calls.get("cond", 0) > 0
    assert stats.dropped_reports == 0


@pytest.mark.parametrize(
    ("name", "site"), [("dit", "blocks.1.attention"), ("flux", "blocks.2.single")]
)
def test_adacache_skips_by_the_change_of_the_middle_block(
    source: SidecarSource, name: str, site: str
) -> None:
    pipe, call = PIPELINES[name](12)
    options = {"codebook": "1000:4,2000:1"}
    seen: list[dict[str, float]] = []
    with forecache.enabled(pipe, "adacache", sidecar=source, **options) as handle:
        log = handle._engines["transformer"].log
        called = log.called

        def watch(call: Any, watch: Any) -> None:
            assert call.job.watch is not None
            seen.append(call.scalars)
            called(call, watch)

        log.called = watch  # type: ignore[method-assign]
        output = generate(pipe, call)
        stats = handle.stats()
    assert bool(output.isfinite().all())
    assert stats.reasons == {}
    branch = next(iter(stats.full_calls))
    # 0 has nothing to compare with, 1 measures: then every fourth, and the last two: 0 1 5 9 10 11.
    assert (stats.full_calls[branch], stats.forecast_calls[branch]) == (6, 6)
    assert [index for index, scalars in enumerate(seen) if scalars] == [1, 5, 9, 10, 11]


@pytest.mark.parametrize(
    ("name", "coefficients"),
    [
        ("wan", "wan2.1-t2v-1.3b"),
        ("cogvideox", "cogvideox-2b"),
        ("hidream", "hidream-i1-full"),
    ],
)
def test_teacache_decides_by_conditioning_where_it_was_fitted_on_that(
    source: SidecarSource, name: str, coefficients: str
) -> None:
    pipe, call = PIPELINES[name](12)
    options = {"coefficients": coefficients}
    with forecache.enabled(pipe, "teacache", sidecar=source, threshold=1e9, **options) as handle:
        output = generate(pipe, call)
        stats = handle.stats()
    assert bool(output.isfinite().all())
    assert stats.reasons == {}
    assert all(stats.forecast_calls[branch] > 0 for branch in stats.full_calls)


def test_interval_one_is_off_and_says_so(source: SidecarSource) -> None:
    pipe, call = flux_pipeline(4)
    expected = generate(pipe, call)
    with forecache.enabled(pipe, "taylorseer", sidecar=source, interval=1) as handle:
        assert torch.equal(generate(pipe, call), expected)
        assert "nothing will be skipped: interval is 1" in " ".join(handle.stats().warnings)


def test_a_plan_file_needs_no_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    policy = ["--policy", "taylorseer", "--interval", "3", "--order", "1"]
    path.write_text(
        printed_by(["plan", "--model", "flux.1-dev", "--steps", "8", *policy, "--json"])
    )
    pipe, call = flux_pipeline(8)
    with forecache.enabled(pipe, plan=path, granularity="residual") as handle:
        generate(pipe, call)
        assert handle.stats().forecast_calls == {"cond": 4}
    pipe, call = flux_pipeline(6)
    with forecache.enabled(pipe, plan=path) as handle:
        generate(pipe, call)
        assert handle.stats().reasons == {"the plan file is for 8 calls, this run makes 6": 6}


def test_a_sidecar_that_dies_costs_speed_and_no_picture(tmp_path: Path) -> None:
    server = SidecarServer(f"unix:{tmp_path / 's.sock'}")
    source = SidecarSource(server.addresses[0], deadline_ms=2000)
    pipe, call = flux_pipeline(8)
    expected = generate(pipe, call)

    def kill(_pipe: object, step: int, _timestep: object, kwargs: dict[str, object]) -> object:
        if step == 4:
            server.kill()
        return kwargs

    options = {"threshold": 1000.0, "warmup": 3, "tail": 0}
    with forecache.enabled(pipe, "easycache", sidecar=source, **options) as handle:
        generate(pipe, {**call, "callback_on_step_end": kill})
        stats = handle.stats()
        assert (stats.full_calls, stats.forecast_calls) == ({"cond": 6}, {"cond": 2})
        assert torch.equal(generate(pipe, call), expected)
    source.close()
