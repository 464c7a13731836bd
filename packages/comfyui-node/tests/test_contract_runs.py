"""Runs on any ComfyUI: what is forecast, what the report says, and when nothing may change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from comfy_host import ComfyHost, ModelBroke, SampleRun
from contract_run import CLOSE, attached, distance, every_third, plain, tensor_bytes
from fake_sources import FakeSource, NobodySource, taylor_source

from forecache.hosting.forecast_error import LEAST_STRIDE
from forecache.plan import Action, ActionKind, RunOutcome
from forecache_comfyui.attachment import attach, detach
from forecache_comfyui.settings import compile_node_settings

RUN = SampleRun(steps=12)
GUIDED = SampleRun(steps=12, cfg=4.0)
KINDS = ("flux", "hunyuan-video", "wan", "sd3", "hidream", "unknown")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, host: ComfyHost) -> str:
    """A model that the host has."""
    name: str = request.param
    if name not in host.kinds:
        pytest.skip(f"{host.name} has no tiny {name}")
    return name


def needs(host: ComfyHost, what: str) -> None:
    """Skips where the host cannot do it."""
    if what not in host.can:
        pytest.skip(f"{host.name} cannot do {what}")


def test_two_of_three_evaluations_are_forecast(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind)
    latent = model.sample(RUN)
    report = model.reports.newest
    assert (report.full, report.forecast) == (4, 8)
    assert [each.index for each in report.timeline if each.action == "full"] == [0, 3, 6, 9]
    assert host.calls(model.patcher)["head"] == 4
    assert report.reasons == {}
    assert 0 < distance(latent, plain(host, kind, RUN)) < CLOSE
    assert report.outcome is RunOutcome.OK
    assert report.forecast_error is not None
    assert 0 < report.forecast_error < 1


@pytest.mark.parametrize("granularity", ["hidden", "block", "module"])
def test_inside_the_network_blocks_are_not_computed(
    host: ComfyHost, kind: str, granularity: str
) -> None:
    """The head and the embedders run at every evaluation, the blocks at 4 of 12."""
    model, once = attached(host, kind, granularity=granularity), host.model(kind)
    latent = model.sample(RUN)
    report = model.reports.newest
    host.sample(once, RUN)
    assert (report.full, report.forecast, report.bypass) == (4, 8, None)
    assert host.calls(model.patcher)["blocks"] * 3 == host.calls(once)["blocks"]
    if report.granularity != "output":
        assert host.calls(model.patcher)["head"] == 12
    assert 0 < distance(latent, plain(host, kind, RUN)) < CLOSE


@pytest.mark.parametrize(
    ("kind", "granularity", "instead"),
    [("unknown", "hidden", "output"), ("flux", "module", "hidden"), ("wan", "module", "module")],
)
def test_what_cannot_be_reached_is_said(
    host: ComfyHost, kind: str, granularity: str, instead: str
) -> None:
    if kind not in host.kinds:
        pytest.skip(f"{host.name} has no tiny {kind}")
    model = attached(host, kind, granularity=granularity)
    model.sample(RUN)
    report = model.reports.newest
    assert report.granularity == instead
    assert any("cannot be reached" in each for each in report.warnings) is (instead != granularity)


def test_control_residuals_are_refused_at_block(host: ComfyHost) -> None:
    """They are added between the blocks, so that their sum is not what the blocks add."""
    needs(host, "control")
    run = replace(RUN, control=True)
    model = attached(host, "flux", granularity="block")
    assert torch.equal(model.sample(run), plain(host, "flux", run))
    bypass = model.reports.newest.bypass
    assert bypass is not None
    assert bypass.startswith("control ")


def test_without_a_plan_the_latent_is_bit_identical(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind, NobodySource())
    assert torch.equal(model.sample(GUIDED), plain(host, kind, GUIDED))
    assert model.reports.newest.bypass == "nobody is there"
    assert model.reports.newest.full == 12


def test_a_detached_model_is_bit_identical(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind)
    assert torch.equal(host.sample(detach(model.patcher), RUN), plain(host, kind, RUN))
    assert model.reports.ended_runs == []


def test_the_report_has_every_evaluation_in_its_order(host: ComfyHost, kind: str) -> None:
    weights = Action(ActionKind.FORECAST, (1.0,))
    source = FakeSource(lambda calls: [Action(ActionKind.FULL)] * (calls - 1) + [weights])
    model = attached(host, kind, source)
    model.sample(RUN)
    sigmas = [each.sigma for each in model.reports.newest.timeline]
    assert len(sigmas) == 12
    assert sigmas == sorted(sigmas, reverse=True)
    assert model.reports.newest.forecast == 1


def test_a_seed_only_rerun_is_a_run_of_its_own(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind)
    first = model.sample(RUN)
    other = model.sample(replace(RUN, seed=2))
    again = model.sample(RUN)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert [report.forecast for report in model.reports.ended_runs] == [8, 8, 8]


def test_a_clone_after_the_node_shares_nothing_that_matters(host: ComfyHost) -> None:
    model = attached(host, "wan")
    clone = model.patcher.clone()
    first = model.sample(RUN)
    assert torch.equal(host.sample(clone, RUN), first)
    assert [report.forecast for report in model.reports.ended_runs] == [8, 8]


def test_attached_twice_the_last_node_counts(host: ComfyHost) -> None:
    first = attached(host, "wan")
    settings = compile_node_settings(
        "taylorseer", {}, taylor_source(interval=2, warmup=1), granularity="output"
    )
    both = attach(first.patcher, settings, first.reports, "8")
    host.sample(both, RUN)
    assert [report.node_id for report in first.reports.ended_runs] == ["8"]
    assert first.reports.newest.forecast == 6


def test_guidance_in_one_batch_and_in_two_calls_is_the_same(host: ComfyHost, kind: str) -> None:
    batched, split = attached(host, kind), attached(host, kind)
    one = batched.sample(GUIDED)
    two = split.sample(replace(GUIDED, split=True))
    assert batched.reports.newest.forecast == split.reports.newest.forecast == 8
    assert distance(one, two) < 1e-3
    assert distance(one, plain(host, kind, GUIDED)) < CLOSE


def test_prompts_of_different_length_have_calls_of_their_own(host: ComfyHost, kind: str) -> None:
    run = replace(GUIDED, positive_tokens=8)
    model = attached(host, kind)
    latent = model.sample(run)
    assert model.reports.newest.forecast == 8
    assert distance(latent, plain(host, kind, run)) < CLOSE


def test_a_batch_of_images_is_forecast_as_its_images_are(host: ComfyHost) -> None:
    model = attached(host, "wan")
    run = replace(GUIDED, batch=2)
    assert distance(model.sample(run), plain(host, "wan", run)) < CLOSE
    assert model.reports.newest.forecast == 8


def test_dual_guidance(host: ComfyHost) -> None:
    needs(host, "dual")
    model = attached(host, "flux")
    run = replace(GUIDED, dual=True)
    assert distance(model.sample(run), plain(host, "flux", run)) < CLOSE
    assert model.reports.newest.forecast == 8


def test_areas_are_streams_of_their_own(host: ComfyHost) -> None:
    needs(host, "areas")
    model = attached(host, "flux")
    run = replace(RUN, areas=True)
    assert distance(model.sample(run), plain(host, "flux", run)) < CLOSE
    assert model.reports.newest.forecast == 8


@pytest.mark.parametrize("split", [False, True])
def test_a_prompt_that_takes_over_is_computed_until_it_has_features(
    host: ComfyHost, split: bool
) -> None:
    """The second prompt begins at evaluation 6 or so: nothing is mixed, and the next full
    evaluations of the plan give it a history.
    """
    needs(host, "switch_at")
    model = attached(host, "flux")
    run = replace(GUIDED, switch_at=0.5, split=split)
    latent = model.sample(run)
    report = model.reports.newest
    assert distance(latent, plain(host, "flux", run)) < CLOSE
    assert 0 < report.forecast <= 8
    assert "a network call could not be forecast after others of its evaluation had been" not in (
        report.reasons
    )


def test_context_windows_are_streams_of_their_own(host: ComfyHost) -> None:
    needs(host, "windows")
    model = attached(host, "wan")
    run = replace(GUIDED, frames=17, windows=3)
    assert distance(model.sample(run), plain(host, "wan", run)) < CLOSE
    assert model.reports.newest.forecast == 8


def test_control_residuals_are_no_obstacle_at_output_and_hidden(host: ComfyHost) -> None:
    needs(host, "control")
    run = replace(RUN, control=True)
    for granularity in ("output", "hidden"):
        model = attached(host, "flux", granularity=granularity)
        assert distance(model.sample(run), plain(host, "flux", run)) < CLOSE
        assert model.reports.newest.forecast == 8


def test_a_run_in_two_nodes_is_two_runs(host: ComfyHost) -> None:
    model = attached(host, "wan")
    model.sample(replace(RUN, last_step=6))
    model.sample(replace(RUN, first_step=6))
    assert [len(report.timeline) for report in model.reports.ended_runs] == [6, 6]
    assert [report.forecast for report in model.reports.ended_runs] == [4, 4]


def test_a_model_whose_input_is_a_list_is_left_alone(host: ComfyHost) -> None:
    if "list" not in host.kinds:
        pytest.skip(f"{host.name} has no model with a list of inputs")
    model = attached(host, "list")
    assert torch.equal(model.sample(RUN), plain(host, "list", RUN))
    assert model.reports.newest.bypass == "the model is given list instead of one tensor"


def test_another_cache_on_the_model(host: ComfyHost) -> None:
    needs(host, "easycache")
    model = attached(host, "wan")
    model.patcher = host.add_easy_cache(model.patcher)
    expected = host.sample(host.add_easy_cache(host.model("wan")), RUN)
    assert torch.equal(model.sample(RUN), expected)
    assert model.reports.newest.bypass == "EasyCache is on the same model"


def test_an_interrupt_ends_the_run_and_leaves_nothing(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind)
    expected = model.sample(RUN)
    before = tensor_bytes()
    with pytest.raises(host.interrupted):
        model.sample(replace(RUN, interrupt_at=5))
    report = model.reports.newest
    assert report.outcome is RunOutcome.INTERRUPTED
    assert len(report.timeline) == 5
    assert tensor_bytes() <= before
    assert torch.equal(model.sample(RUN), expected)
    assert model.reports.newest.outcome is RunOutcome.OK


def test_an_exception_of_the_model_is_the_users(host: ComfyHost, kind: str) -> None:
    model = attached(host, kind)
    with pytest.raises(ModelBroke):
        model.sample(replace(RUN, fail_at=2))
    assert model.reports.newest.outcome is RunOutcome.ERROR
    larger = replace(RUN, size=(12, 8))
    assert distance(model.sample(larger), plain(host, kind, larger)) < CLOSE
    assert model.reports.newest.forecast == 8


def test_percents_leave_the_ends_computed(host: ComfyHost) -> None:
    source = every_third()
    model = attached(host, "wan", source, percents=(0.25, 0.75))
    model.sample(RUN)
    (asked,) = source.runs
    mask = asked.request.policy.options["step_mask"]
    assert len(mask) == 12
    assert mask.startswith("1")
    assert mask.endswith("1")
    assert "000" in mask


def test_the_live_text_counts(host: ComfyHost) -> None:
    model = attached(host, "wan")
    model.sample(RUN)
    assert len(model.reports.progress) == 12
    assert model.reports.progress[0].startswith("1/12 · 0 forecast")
    assert model.reports.progress[-1].startswith("12/12 · 8 forecast · ")
    assert " · error " in model.reports.progress[-1]


def test_the_error_of_the_report_is_that_of_the_plans_weights(host: ComfyHost) -> None:
    """Full at 0, 3, 6 and 9: reuse would say F0 at 3, the line 2 F3 - F0 at 6 and so on."""
    model = attached(host, "wan")
    computed: list[torch.Tensor] = []

    def spy(executor: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
        output: torch.Tensor = executor(*args, **kwargs)
        # What the report compares: it looks at every sixteenth number only.
        computed.append(output.flatten()[::LEAST_STRIDE].clone())
        return output

    # Behind ours, so that it sees the calls that are computed.
    model.patcher.add_wrapper_with_key("diffusion_model", "spy", spy)
    model.sample(RUN)
    f0, f3, f6, f9 = computed
    predicted = [distance(f0, f3), distance(2 * f3 - f0, f6), distance(2 * f6 - f3, f9)]
    told = model.reports.newest.forecast_error
    assert told is not None
    assert told == pytest.approx(sum(predicted) / 3, rel=1e-4)
