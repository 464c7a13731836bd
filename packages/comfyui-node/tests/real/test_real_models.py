"""Tiny models of ComfyUI's own classes: what the node forecasts in them, and how closely."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from comfy_host import ComfyHost, SampleRun
from comfy_root import WITHOUT, comfy_root
from contract_run import Reports, attached, distance, every_third, plain
from fake_sources import NobodySource
from tiny_models import TINY_MODELS
from tiny_network import blocks_of

from forecache.hosting.structure import Structure
from forecache_comfyui.attachment import attach
from forecache_comfyui.layouts import find_layout
from forecache_comfyui.settings import compile_node_settings

pytestmark = pytest.mark.skipif(comfy_root() is None, reason=WITHOUT)

STEPS = 12
FULL = 4
"""Evaluations 0, 3, 6 and 9 of twelve; the other eight are forecast."""

CLOSE = 0.1
"""Relative L2 of the latent. A line through two evaluations misses the curvature of the network's
output over three steps; these random networks vary slowly enough that this is a few per cent,
while one that reused a wrong prompt's features, or another evaluation's, would be off by 1.
"""

FAR_AT_CHANGE = ("pixart",)
"""Epsilon models whose random network does not denoise: the latent grows a thousandfold, and what
is subtracted from the result, the scaled latent, is another one three steps later.
"""

GUIDED = SampleRun(steps=STEPS, cfg=3.0, positive_tokens=8, negative_tokens=5)
"""Two prompts of different length: two network calls an evaluation for most models."""


@pytest.fixture(params=sorted(TINY_MODELS))
def kind(request: pytest.FixtureRequest) -> str:
    """Every model there is a recipe for."""
    name: str = request.param
    return name


def offered(kind: str, network: Any) -> tuple[str, ...]:
    """The granularities that the model's layout offers."""
    outside = ("output",) if kind in FAR_AT_CHANGE else ("output", "change")
    layout = find_layout(network)
    if layout is None:
        return outside
    has_modules = Structure(network, layout).sites > 0
    return (*outside, "hidden", "block", "residual", *(("module",) if has_modules else ()))


def test_the_network_depends_on_everything(host: ComfyHost, kind: str) -> None:
    """Else a forecast would be right whatever it did."""
    latent = plain(host, kind, SampleRun(steps=STEPS))
    assert torch.isfinite(latent).all()
    assert torch.equal(plain(host, kind, SampleRun(steps=STEPS)), latent)
    assert distance(plain(host, kind, SampleRun(steps=STEPS, seed=2)), latent) > 1
    assert not torch.equal(plain(host, kind, SampleRun(steps=STEPS, positive_tokens=9)), latent)


def test_a_source_that_answers_nothing_changes_nothing(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind, NobodySource(), granularity=None)
    assert torch.equal(model.sample(GUIDED), plain(host, kind, GUIDED))
    assert model.reports.newest.bypass == "nobody is there"


def test_eight_of_twelve_evaluations_are_forecast(host: ComfyHost, kind: str) -> None:
    """At every granularity, counted by the layers that really ran, with one prompt."""
    run = SampleRun(steps=STEPS)
    expected = plain(host, kind, run)
    for granularity in offered(kind, host.model(kind).model.diffusion_model):
        model = attached(host, kind, every_third(), granularity=granularity)
        latent = model.sample(run)
        report = model.reports.newest
        assert report.bypass is None, (granularity, report.bypass)
        assert (report.full, report.forecast) == (FULL, STEPS - FULL), granularity
        assert report.granularity == granularity
        blocks = len(blocks_of(model.patcher.model.diffusion_model, TINY_MODELS[kind]))
        has_head = granularity not in ("output", "change")
        assert host.calls(model.patcher) == {
            "blocks": FULL * blocks,
            "head": STEPS if has_head else FULL,
        }, granularity
        assert 0 < distance(latent, expected) < CLOSE, granularity


def test_prompts_of_different_length_are_forecast_together(host: ComfyHost, kind: str) -> None:
    expected = plain(host, kind, GUIDED)
    for granularity in offered(kind, host.model(kind).model.diffusion_model):
        model = attached(host, kind, every_third(), granularity=granularity)
        latent = model.sample(GUIDED)
        assert model.reports.newest.forecast == STEPS - FULL, granularity
        assert distance(latent, expected) < CLOSE, granularity


def test_detached_between_runs_nothing_is_left_on_the_network(host: ComfyHost, kind: str) -> None:
    """The network is shared by the clones of its patcher: one with the node and one without."""
    run = SampleRun(steps=STEPS)
    without = host.model(kind)
    expected = host.sample(without, run)
    network = without.model.diffusion_model
    for granularity in offered(kind, network):
        settings = compile_node_settings("taylorseer", {}, every_third(), granularity=granularity)
        reports = Reports()
        host.sample(attach(without, settings, reports), run)
        assert reports.newest.forecast == STEPS - FULL, granularity
        assert torch.equal(host.sample(without, run), expected), granularity
        replaced = [name for name, part in network.named_modules() if "forward" in vars(part)]
        assert replaced == [], granularity
