"""Samplers: one evaluation a step is forecast, everything else is left alone and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from comfy_host import ComfyHost, SampleRun
from contract_run import CLOSE, attached, distance, plain

RUN = SampleRun(steps=12)
ONE_A_STEP = ("euler", "euler_ancestral", "dpmpp_2m", "er_sde", "lcm", "uni_pc", "res_multistep")
SEVERAL = ("heun", "dpm_2", "dpmpp_2s_ancestral", "exp_heun_2_x0", "seeds_2")


def of_host(host: ComfyHost, samplers: tuple[str, ...]) -> list[str]:
    """Those that the host has; some are always there."""
    had = [sampler for sampler in samplers if sampler in host.can]
    assert len(had) > 1
    return had


def needs(host: ComfyHost, sampler: str) -> None:
    """Skips where the host has no such sampler: the simulator has."""
    if sampler not in host.can:
        pytest.skip(f"{host.name} has no {sampler}")


def test_samplers_with_one_evaluation_a_step(host: ComfyHost) -> None:
    """At `block` what a sampler adds in between goes through the network's embedding."""
    for sampler in of_host(host, ONE_A_STEP):
        run = replace(RUN, sampler=sampler)
        model = attached(host, "wan", granularity="block")
        latent = model.sample(run)
        report = model.reports.newest
        assert (report.bypass, report.forecast) == (None, 8), sampler
        assert distance(latent, plain(host, "wan", run)) < 2 * CLOSE, sampler


@pytest.mark.parametrize(
    ("kind", "sampler", "granularity"),
    [
        ("wan", "euler", "hidden"),
        ("wan", "euler_ancestral", "residual"),
        ("unknown", "euler", "output"),
        ("unknown", "euler_ancestral", "change"),
    ],
)
def test_where_features_are_kept_if_nobody_says(
    host: ComfyHost, kind: str, sampler: str, granularity: str
) -> None:
    """The policy's own granularity is the paper's; noise and unknown classes have another."""
    model = attached(host, kind, granularity=None)
    model.sample(replace(RUN, sampler=sampler))
    assert model.reports.newest.granularity == granularity
    assert model.reports.newest.forecast == 8


def test_a_granularity_that_noise_makes_worse_is_said(host: ComfyHost) -> None:
    model = attached(host, "wan", granularity="output")
    model.sample(replace(RUN, sampler="euler_ancestral"))
    assert model.reports.newest.warnings == [
        "the sampler euler_ancestral adds noise between evaluations: "
        "block and change are closer than output"
    ]


def test_samplers_with_several_evaluations_a_step(host: ComfyHost) -> None:
    for sampler in of_host(host, SEVERAL):
        run = replace(RUN, sampler=sampler)
        model = attached(host, "wan")
        assert torch.equal(model.sample(run), plain(host, "wan", run)), sampler
        assert model.reports.newest.bypass == (
            f"the sampler {sampler} evaluates the model several times a step"
        )
        assert model.reports.newest.forecast == 0


def test_an_unknown_sampler_is_watched_first(host: ComfyHost) -> None:
    needs(host, "mystery")
    model = attached(host, "wan")
    model.sample(replace(RUN, sampler="mystery"))
    report = model.reports.newest
    # The plan forecasts 1 and 2, which are watched; 4, 5, 7, 8, 10 and 11 are left.
    assert report.forecast == 6
    assert report.reasons == {"the sampler mystery is not known: it is watched first": 2}


def test_an_unknown_sampler_that_evaluates_twice_is_left_alone(host: ComfyHost) -> None:
    needs(host, "mystery_twice")
    run = replace(RUN, sampler="mystery_twice")
    model = attached(host, "wan")
    assert torch.equal(model.sample(run), plain(host, "wan", run))
    bypass = model.reports.newest.bypass
    assert bypass is not None
    assert bypass.startswith("the sampler mystery_twice evaluates at sigma ")


def test_sigmas_may_repeat(host: ComfyHost) -> None:
    sigmas = (1.0, 0.9, 0.7, 0.7, 0.5, 0.3, 0.1, 0.0)
    run = replace(RUN, sigmas=sigmas)
    model = attached(host, "wan")
    model.sample(run)
    assert model.reports.newest.bypass is None
    assert len(model.reports.newest.timeline) == 7
    assert model.reports.newest.forecast == 4


def test_too_few_evaluations(host: ComfyHost) -> None:
    run = replace(RUN, steps=3)
    model = attached(host, "wan")
    assert torch.equal(model.sample(run), plain(host, "wan", run))
    assert model.reports.newest.bypass == "3 evaluations are too few: at least 4"
