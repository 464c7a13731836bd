"""Policies that decide call by call: what they are told, when they are asked, and what follows."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from fake_sources import REUSE, FakeSource, forecast
from recorded_call import record_call
from scripted_run import NEAR, asked, relative_change, run, script
from tiny_image_models import DIT, FLUX, STABLE_DIFFUSION_3
from tiny_model import TinyModel
from torch import Tensor

import forecache
from forecache.diffusers.layouts import find_layout
from forecache.plan import FULL, Granularity, Probe, ProbeKind


def test_input_change_and_output_rate_are_what_the_contract_says() -> None:
    probes = (Probe(ProbeKind.INPUT_CHANGE), Probe(ProbeKind.OUTPUT_RATE))
    source = FakeSource(answer=script(FULL, FULL, REUSE, FULL), probes=probes)
    _, inputs, outputs, stats = run(FLUX, source, "change")
    latents = [given["hidden_states"] for given in inputs]
    changes = [float((b - a).abs().mean()) for a, b in pairwise(latents)]
    told = asked(source)
    assert told[0] == {}
    assert [scalars["input-change"] for scalars in told[1:]] == pytest.approx(changes, rel=NEAR)
    reports = [report.scalars for report in source.runs[0].reports]
    assert reports[0] == {"output-size": pytest.approx(float(outputs[0].abs().mean()), rel=NEAR)}
    assert reports[1]["output-change"] == pytest.approx(
        float((outputs[1] - outputs[0]).abs().mean()), rel=NEAR
    )
    assert reports[2] == {}
    # From call 1, the computed one before, and not from call 2.
    assert reports[3]["input-span"] == pytest.approx(
        float((latents[3] - latents[1]).abs().mean()), rel=NEAR
    )
    assert stats.forecast_calls == {"joint": 1}
    assert source.runs[0].prefetched == []


@pytest.mark.parametrize("model", [FLUX, DIT, STABLE_DIFFUSION_3], ids=["flux", "dit", "sd3"])
def test_modulated_input_change_is_of_the_first_attentions_input(model: TinyModel) -> None:
    probe = Probe(ProbeKind.MODULATED_INPUT_CHANGE)
    source = FakeSource(answer=script(FULL, FULL, REUSE, REUSE), probes=(probe,))
    transformer, inputs, _, stats = run(model, source, "residual")
    seen: list[Tensor] = []
    layout = find_layout(transformer)
    assert layout is not None
    stage = layout.stages[0]
    block = getattr(transformer, stage.blocks)[0]
    attention = block.get_submodule(stage.branches(block)[0].module)

    def keep(_module: Any, args: Any, kwargs: Any) -> None:
        seen.append(args[0] if args else kwargs["hidden_states"])

    attention.register_forward_pre_hook(keep, with_kwargs=True)
    for given in inputs:
        transformer(**given)
    expected = [relative_change(b, a) for a, b in pairwise(seen)]
    told = asked(source)
    assert told[0] == {}
    actual = [scalars["modulated-input-change"] for scalars in told[1:]]
    assert actual == pytest.approx(expected, rel=NEAR)
    assert stats.forecast_calls == {"joint": 2}


@pytest.mark.parametrize("granularity", ["hidden", "residual", "module"])
def test_a_decision_inside_the_call_forecasts_as_one_before_it(granularity: str) -> None:
    probe = Probe(ProbeKind.MODULATED_INPUT_CHANGE)
    actions = (FULL, FULL, forecast(1.5, -0.5), FULL)
    late = FakeSource(answer=script(*actions), probes=(probe,))
    early = FakeSource(lambda _calls: actions)
    _, _, inside, stats = run(FLUX, late, granularity)
    _, _, before, _ = run(FLUX, early, granularity)
    assert stats.forecast_calls == {"joint": 1}
    for one, other in zip(inside, before, strict=True):
        assert torch.equal(one, other)


def test_first_blocks_decide_about_the_rest() -> None:
    probe = Probe(ProbeKind.FIRST_BLOCKS_CHANGE, count=1)
    source = FakeSource(
        answer=script(FULL, FULL, REUSE, REUSE),
        probes=(probe,),
        sites=("blocks.1-4",),
        granularity=Granularity.RESIDUAL,
        history_size=1,
    )
    transformer, inputs, outputs, stats = run(FLUX, source, None)
    layout = find_layout(transformer)
    assert layout is not None
    records = [record_call(transformer, layout, given) for given in inputs]
    first = [record.blocks[0].residual for record in records]
    newest = first[1]
    assert newest is not None
    told = asked(source)
    # Calls 0 and 1 are computed; 2 and 3 are compared with 1, the newest one that was.
    assert told[0] == {}
    expected = [
        relative_change(now, then)
        for now, then in ((first[1], first[0]), (first[2], newest), (first[3], newest))
        if now is not None and then is not None
    ]
    actual = [scalars["first-blocks-change"] for scalars in told[1:]]
    assert actual == pytest.approx(expected, rel=NEAR)
    assert stats.forecast_calls == {"joint": 2}
    # Head: the first block as it is computed now, and what the others added in call 1.
    rest = sum(block.residual for block in records[1].blocks[1:] if block.residual is not None)
    now = records[2]
    before = now.blocks[0].arguments["hidden_states"]
    assert first[2] is not None
    hidden = before + first[2] + rest
    temb = now.blocks[0].arguments["temb"]
    expected_output = transformer.proj_out(transformer.norm_out(hidden, temb))
    assert float((outputs[2] - expected_output).norm() / expected_output.norm()) < NEAR


def test_a_gram_is_told_after_every_full_call_and_the_next_decision_is_asked_for() -> None:
    probe = Probe(ProbeKind.FEATURE_GRAM, count=2)
    source = FakeSource(answer=script(FULL, FULL, forecast(2.0, -1.0), FULL), probes=(probe,))
    _, _, outputs, stats = run(FLUX, source, "output")
    reports = [report.scalars for report in source.runs[0].reports]
    squares = float(outputs[0].double().square().sum())
    product = float((outputs[0].double() * outputs[1].double()).sum())
    assert reports[0] == {"gram.0.0": pytest.approx(squares, rel=NEAR)}
    assert reports[1]["gram.0.1"] == pytest.approx(product, rel=NEAR)
    assert reports[2] == {}
    assert source.runs[0].prefetched == [("joint", 1), ("joint", 2), ("joint", 3)]
    assert stats.forecast_calls == {"joint": 1}


def test_no_answer_is_a_full_call_and_so_is_every_call_after_it() -> None:
    source = FakeSource(answer=script(FULL, None, REUSE, REUSE))
    _, _, outputs, stats = run(FLUX, source, "hidden")
    assert stats.forecast_calls == {}
    assert stats.reasons == {"no answer from the policy": 3}
    assert len(source.runs[0].asked) == 2
    transformer = FLUX.build()
    given = FLUX.inputs(1, FLUX.timestep)
    assert torch.equal(outputs[0], transformer(**given, return_dict=False)[0])


def test_weights_that_are_no_numbers_are_never_applied() -> None:
    source = FakeSource(answer=script(FULL, forecast(math.nan), REUSE, REUSE))
    _, _, outputs, stats = run(FLUX, source, "hidden")
    assert stats.forecast_calls == {}
    assert stats.reasons == {"the weights are not numbers": 3}
    assert all(bool(output.isfinite().all()) for output in outputs)


def test_branches_decide_apart() -> None:
    transformer = FLUX.build()
    decisions = {"cond": (FULL, REUSE, REUSE), "uncond": (FULL, FULL, REUSE)}
    source = FakeSource(answer=lambda branch, call, _scalars: decisions[branch][call])
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=3) as handle:
        for timestep in (0.9, 0.8, 0.7):
            for seed, branch in enumerate(("cond", "uncond")):
                with transformer.cache_context(branch):
                    transformer(**FLUX.inputs(seed, timestep))
        stats = handle.stats()
    assert stats.full_calls == {"cond": 1, "uncond": 2}
    assert stats.forecast_calls == {"cond": 2, "uncond": 1}
