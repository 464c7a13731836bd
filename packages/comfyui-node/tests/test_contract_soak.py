"""A hundred prompts in one process: whatever the one before did, each is right."""

from __future__ import annotations

import random
from dataclasses import replace

import torch
from comfy_host import ComfyHost, SampleRun
from contract_run import Attached, attached, plain, tensor_bytes

from forecache.plan import RunOutcome

PROMPTS = 100
SAMPLERS = ("euler", "dpmpp_2m", "heun", "lcm")
KINDS = ("flux", "wan", "sd3", "hunyuan-video")


def random_run(host: ComfyHost, chance: random.Random) -> SampleRun:
    sampler = chance.choice([each for each in SAMPLERS if each in host.can])
    return SampleRun(
        sampler=sampler,
        steps=chance.choice((3, 6, 9, 12)),
        cfg=chance.choice((1.0, 4.0)),
        seed=chance.randrange(1000),
        batch=chance.choice((1, 2)),
        size=chance.choice(((8, 8), (8, 12), (12, 12))),
        positive_tokens=chance.choice((5, 8)),
        split=chance.choice((False, True)),
        interrupt_at=chance.choice((None, None, None, 2, 4)),
    )


def expected_forecasts(run: SampleRun) -> int:
    """Two of three, unless the sampler or the length of the run forbids it."""
    if run.sampler == "heun" or run.steps < 4:
        return 0
    made = run.steps if run.interrupt_at is None else run.interrupt_at
    return made - len(range(0, made, 3))


def assert_right(host: ComfyHost, model: Attached, which: tuple[str, str], run: SampleRun) -> None:
    kind, granularity = which
    is_interrupted = run.interrupt_at is not None and run.interrupt_at < run.steps
    run = run if is_interrupted else replace(run, interrupt_at=None)
    try:
        latent = model.sample(run)
    except host.interrupted:
        latent = None
    report = model.reports.newest
    assert (latent is None) == is_interrupted
    assert report.outcome is (RunOutcome.INTERRUPTED if is_interrupted else RunOutcome.OK)
    assert report.forecast == expected_forecasts(run)
    if latent is None:
        return
    # What a model that never made a picture before makes of it.
    fresh = attached(host, kind, granularity=granularity) if report.forecast else None
    assert torch.equal(latent, fresh.sample(run) if fresh else plain(host, kind, run))


def test_a_hundred_prompts(host: ComfyHost) -> None:
    chance = random.Random(7)
    kinds = [kind for kind in KINDS if kind in host.kinds]
    models = {
        (kind, granularity): attached(host, kind, granularity=granularity)
        for kind in kinds
        for granularity in ("output", "hidden")
    }
    held = 0
    for number in range(PROMPTS):
        which = chance.choice(sorted(models))
        assert_right(host, models[which], which, random_run(host, chance))
        if number == PROMPTS // 4:
            held = tensor_bytes()
    # Whatever the last three quarters did, nothing of it is still there.
    assert tensor_bytes() <= held
    made = sum(len(model.reports.ended_runs) for model in models.values())
    assert made == PROMPTS
