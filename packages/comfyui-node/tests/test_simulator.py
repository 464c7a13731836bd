"""The simulator does what ComfyUI was seen to do: wrappers, prompts, samplers, ends of runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from comfy_host import ModelBroke, SampleRun
from simulated_host import InterruptProcessingException, SimulatedHost
from wrapper_spy import spied

HOST = SimulatedHost()
RUN = SampleRun(steps=4)
GUIDED = replace(RUN, cfg=3.0)
ONE_A_STEP = ["euler", "ddim", "euler_ancestral", "dpmpp_2m", "er_sde", "lcm", "mystery"]


def test_wrappers_are_entered_from_the_run_to_the_network() -> None:
    spy = spied("flux", RUN)
    evaluation = ["predict_noise", "calc_cond_batch", "apply_model", "diffusion_model"]
    assert spy.entered == ["outer_sample", "sampler_sample", *evaluation * 4]
    assert spy.owners == {
        "outer_sample": "CFGGuider",
        "sampler_sample": "KSAMPLER",
        "predict_noise": "CFGGuider",
        "calc_cond_batch": "NoneType",
        "apply_model": "BaseModel",
        "diffusion_model": "Flux",
    }


def test_outer_sample_is_given_the_schedule_on_the_cpu() -> None:
    (args,) = spied("flux", replace(RUN, sigmas=(1.0, 0.5, 0.25, 0.0))).args["outer_sample"]
    assert args[3].tolist() == [1.0, 0.5, 0.25, 0.0]
    assert args[3].device.type == "cpu"
    assert args[2].sampler_function.__name__ == "sample_euler"


def test_sd3_has_no_wrapper_around_its_network() -> None:
    assert "diffusion_model" not in spied("sd3", RUN).entered


def test_the_key_registered_first_is_outermost_and_a_key_twice_counts_twice() -> None:
    patcher, entered = HOST.model("flux"), []

    def named(name: str) -> Any:
        def wrapper(executor: Any, *args: Any, **kwargs: Any) -> Any:
            entered.append(name)
            return executor(*args, **kwargs)

        return wrapper

    for key, name in (("b", "first"), ("a", "second"), ("b", "third")):
        patcher.add_wrapper_with_key("outer_sample", key, named(name))
    HOST.sample(patcher, RUN)
    assert entered == ["first", "third", "second"]
    patcher.remove_wrappers_with_key("outer_sample", "b")
    HOST.sample(patcher, RUN)
    assert entered[3:] == ["second"]


@pytest.mark.parametrize("sampler", ONE_A_STEP)
def test_samplers_with_one_evaluation_a_step(sampler: str) -> None:
    assert spied("flux", replace(RUN, sampler=sampler)).entered.count("predict_noise") == 4


@pytest.mark.parametrize("sampler", ["heun", "dpm_2", "mystery_twice"])
def test_samplers_with_two_evaluations_a_step_but_the_last(sampler: str) -> None:
    assert spied("flux", replace(RUN, sampler=sampler)).entered.count("predict_noise") == 7


def test_where_the_samplers_evaluate() -> None:
    sigmas = (1.0, 0.8, 0.2, 0.0)
    heun = spied("flux", SampleRun(sampler="heun", sigmas=sigmas))
    assert heun.sigmas == [1.0, 0.8, 0.8, 0.2, 0.2]
    dpm = spied("flux", SampleRun(sampler="dpm_2", sigmas=sigmas))
    assert dpm.sigmas == [1.0, 0.89, 0.8, 0.4, 0.2]  # sqrt(1 * 0.8) and sqrt(0.8 * 0.2) between
    er_sde = spied("flux", SampleRun(sampler="er_sde", sigmas=sigmas))
    first = er_sde.args["predict_noise"][0][1]
    assert first.tolist() == [pytest.approx(0.99997)]


def test_parts_of_a_schedule() -> None:
    whole = spied("flux", replace(RUN, steps=8)).sigmas
    assert spied("flux", replace(RUN, denoise=0.5)).sigmas == whole[4:]
    assert spied("flux", replace(RUN, steps=8, last_step=3)).sigmas == whole[:3]
    assert spied("flux", replace(RUN, steps=8, first_step=3)).sigmas == whole[3:]


def test_prompts_share_a_batch_with_the_negative_one_first() -> None:
    spy = spied("wan", GUIDED)
    assert [options["cond_or_uncond"] for options in spy.options] == [[1, 0]] * 4
    assert spy.args["diffusion_model"][0][0].shape[0] == 2
    assert spy.options[0]["sigmas"].shape == (1,)


@pytest.mark.parametrize(
    ("change", "order"), [({"split": True}, [[1], [0]]), ({"positive_tokens": 8}, [[0], [1]])]
)
def test_prompts_that_cannot_share_a_batch_have_calls_of_their_own(change: Any, order: Any) -> None:
    spy = spied("wan", replace(GUIDED, **change))
    assert [options["cond_or_uncond"] for options in spy.options] == order * 4
    assert spy.entered.count("calc_cond_batch") == 4


@pytest.mark.parametrize("kind", sorted(HOST.kinds))
def test_one_batch_and_two_calls_are_the_same_to_rounding(kind: str) -> None:
    batched = HOST.sample(HOST.model(kind), GUIDED)
    split = HOST.sample(HOST.model(kind), replace(GUIDED, split=True))
    torch.testing.assert_close(batched, split, rtol=1e-4, atol=1e-4)


def test_dual_guidance_asks_for_three_prompts() -> None:
    spy = spied("flux", replace(GUIDED, dual=True))
    assert [options["cond_or_uncond"] for options in spy.options] == [[2, 1, 0]] * 4
    assert len({*spy.options[0]["uuids"]}) == 3


def test_a_prompt_keeps_its_uuid_for_a_run_and_no_longer() -> None:
    one, other = spied("flux", GUIDED), spied("flux", GUIDED)
    assert len({tuple(options["uuids"]) for options in one.options}) == 1
    assert not {*one.options[0]["uuids"]} & {*other.options[0]["uuids"]}


def test_areas_are_prompts_of_one_condition_with_different_shapes() -> None:
    spy = spied("flux", replace(RUN, areas=True))
    assert [options["cond_or_uncond"] for options in spy.options[:2]] == [[0], [0]]
    assert spy.options[0]["uuids"] != spy.options[1]["uuids"]
    shapes = {tuple(args[0].shape[2:]) for args in spy.args["apply_model"]}
    assert shapes == {(4, 8), (6, 8)}


def test_another_prompt_takes_over() -> None:
    uuids = [options["uuids"] for options in spied("flux", replace(RUN, switch_at=0.5)).options]
    assert len(uuids) == 4
    assert uuids[0] == uuids[1] != uuids[2] == uuids[3]


def test_context_windows_share_a_uuid_and_have_an_evaluation_in_common() -> None:
    spy = spied("wan", replace(RUN, windows=3))
    assert spy.entered.count("predict_noise") == 4
    assert spy.entered.count("calc_cond_batch") == 8
    windows = [options["context_window"].index_list for options in spy.options]
    assert windows == [[0, 1, 2], [2, 3, 4]] * 4
    assert len({tuple(options["uuids"]) for options in spy.options}) == 1
    assert spy.latent is not None
    assert spy.latent.shape[2] == 5


def test_a_control_reaches_the_network() -> None:
    spy = spied("flux", replace(RUN, control=True))
    assert sorted(spy.args["apply_model"][0][4]) == ["input", "output"]
    assert spy.latent is not None
    assert not torch.equal(spy.latent, HOST.sample(HOST.model("flux"), RUN))


def test_an_interrupt_comes_out_after_its_step_and_the_next_run_is_clean() -> None:
    patcher = HOST.model("flux")
    steps: list[int] = []
    with pytest.raises(InterruptProcessingException):
        HOST.sample(patcher, replace(RUN, interrupt_at=3, on_step=steps.append))
    assert steps == [1, 2, 3]
    assert torch.equal(HOST.sample(patcher, RUN), HOST.sample(HOST.model("flux"), RUN))


def test_a_broken_call_ends_the_run_in_the_middle_of_the_blocks() -> None:
    patcher = HOST.model("flux")
    with pytest.raises(ModelBroke, match="the network broke in call 2"):
        HOST.sample(patcher, replace(RUN, fail_at=2))
    # Four blocks and a head of the first call, two blocks of the second.
    assert HOST.calls(patcher) == {"blocks": 6, "branches": 0, "head": 1}
    assert torch.equal(HOST.sample(patcher, RUN), HOST.sample(HOST.model("flux"), RUN))
