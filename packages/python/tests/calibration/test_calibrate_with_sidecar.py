"""Calibration with a real sidecar: schedules and weights that beat the rules it knows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from toy_pipeline import ToyPipeline, noise_for

from forecache.calibration import Preset, calibrate
from forecache.client import SidecarSource
from forecache.diffusers import enabled

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from sidecar_server import SidecarServer

SEEDS = range(10, 14)
"""Seeds that nothing is fitted on."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SidecarServer]:
    server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def preset(server: SidecarServer) -> Preset:
    return calibrate(
        ToyPipeline(),
        range(4),
        call=lambda pipe, seed: noise_for(pipe, seed, steps=20),
        full_calls=[5, 8],
        name="toy",
        sidecar=server.addresses[0],
    )


def error(pipe: ToyPipeline, source: object, **options: object) -> float:
    full = torch.stack([noise_for(pipe, seed, steps=20) for seed in SEEDS])
    with enabled(pipe, sidecar=source, granularity="output", verbose=False, **options) as handle:
        made = torch.stack([noise_for(pipe, seed, steps=20) for seed in SEEDS])
        assert handle.stats().reasons == {}
    return float((made - full).norm() / full.norm())


def test_a_preset_comes_nearer_than_taylorseer(server: SidecarServer, preset: Preset) -> None:
    pipe, source = ToyPipeline(), SidecarSource(server.addresses[0], connect_timeout_ms=10_000)
    # Warm-up 3, then every eighth: 0, 1, 2, 10, 18.
    rival = error(pipe, source, interval=8, warmup=3, order=1)
    source.close()
    assert error(pipe, preset.source(5)) < rival / 2


def test_more_full_calls_are_nearer(preset: Preset) -> None:
    pipe = ToyPipeline()
    assert error(pipe, preset.source(8)) < error(pipe, preset.source(5))


def test_left_out_errors_are_those_of_unseen_runs(preset: Preset) -> None:
    variant = preset.variants[0]
    assert variant.relative_error is not None
    assert variant.relative_error == pytest.approx(error(ToyPipeline(), preset.source(5)), rel=1.0)
