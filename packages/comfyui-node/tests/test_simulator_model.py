"""The simulator's model: clones, options, patches, networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from comfy_host import SampleRun
from simulated_host import SimulatedHost
from wrapper_spy import spied

HOST = SimulatedHost()
RUN = SampleRun(steps=4)
KINDS = sorted(HOST.kinds)


class CallablePatch:
    """A patch that is an object: a clone of the model has another one."""

    def __call__(self, args: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = extra["original_block"](args)
        return out


def test_a_clone_copies_options_deeply_and_keeps_wrappers() -> None:
    def wrapper(executor: Any, *args: Any, **kwargs: Any) -> Any:
        return executor(*args, **kwargs)

    patcher, patch = HOST.model("flux"), CallablePatch()
    patcher.set_model_patch_replace(patch, "dit", "double_block", 0)
    patcher.add_wrapper_with_key("outer_sample", "key", wrapper)
    clone = patcher.clone()
    patches = clone.model_options["transformer_options"]["patches_replace"]["dit"]
    assert patches["double_block", 0] is not patch
    assert clone.wrappers["outer_sample"]["key"] == [wrapper]
    assert clone.model is patcher.model
    clone.remove_wrappers_with_key("outer_sample", "key")
    assert patcher.wrappers["outer_sample"]["key"] == [wrapper]


def test_what_is_put_into_the_options_of_a_call_or_run_is_gone_afterwards() -> None:
    patcher, seen = HOST.model("flux"), []

    def outer(executor: Any, *args: Any, **kwargs: Any) -> Any:
        assert "ours" not in executor.class_obj.model_options
        executor.class_obj.model_options["ours"] = True
        return executor(*args, **kwargs)

    def inner(executor: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append("ours" in args[5])
        args[5]["ours"] = True
        return executor(*args, **kwargs)

    patcher.add_wrapper_with_key("outer_sample", "key", outer)
    patcher.add_wrapper_with_key("apply_model", "key", inner)
    HOST.sample(patcher, RUN)
    HOST.sample(patcher, RUN)
    assert seen == [False] * 8
    assert patcher.model_options == {"transformer_options": {}}


def test_transformer_options_have_the_schedule_and_the_wrappers() -> None:
    (options, *_others) = spied("flux", RUN).options
    assert options["sample_sigmas"].shape == (5,)
    assert set(options["wrappers"]) == {
        "outer_sample",
        "sampler_sample",
        "predict_noise",
        "calc_cond_batch",
        "apply_model",
        "diffusion_model",
    }


@pytest.mark.parametrize("kind", ["flux", "wan", "hidream"])
def test_apply_model_answers_x0(kind: str) -> None:
    spy = spied(kind, RUN)
    x, sigma = spy.args["apply_model"][1][:2]
    raw = spy.outputs["diffusion_model"][1]
    expected = x - raw * sigma.reshape(-1, *[1] * (x.ndim - 1))
    assert torch.equal(spy.outputs["apply_model"][1], expected)


def test_timesteps_have_the_unit_of_the_model() -> None:
    assert spied("flux", RUN).args["diffusion_model"][0][1].tolist() == [1.0]
    assert spied("wan", RUN).args["diffusion_model"][0][1].tolist() == [1000.0]


def test_the_function_wrapper_is_a_single_slot() -> None:
    patcher, called = HOST.model("flux"), []

    def noting(name: str) -> Any:
        def function(apply_model: Any, given: dict[str, Any]) -> Any:
            called.append((name, given["cond_or_uncond"]))
            return apply_model(given["input"], given["timestep"], **given["c"])

        return function

    patcher.set_model_unet_function_wrapper(noting("first"))
    patcher.set_model_unet_function_wrapper(noting("last"))
    latent = HOST.sample(patcher, RUN)
    assert called == [("last", [0])] * 4
    assert torch.equal(latent, HOST.sample(HOST.model("flux"), RUN))


def test_an_object_patch_is_there_during_runs_of_its_patcher_only() -> None:
    patcher, path = HOST.model("wan"), "diffusion_model.blocks.0.ffn.forward"
    expected = HOST.sample(patcher, RUN)
    patched = patcher.clone()
    patched.add_object_patch(path, torch.zeros_like)
    assert patched.get_model_object(path) is torch.zeros_like
    assert not torch.equal(HOST.sample(patched, RUN), expected)
    with pytest.raises(HOST.interrupted):
        HOST.sample(patched, replace(RUN, interrupt_at=1))
    assert torch.equal(HOST.sample(patcher, RUN), expected)
    assert "forward" not in vars(patcher.model.diffusion_model.blocks[0].ffn)


def test_percents_are_shares_of_the_schedule() -> None:
    sampling = HOST.model("flux").get_model_object("model_sampling")
    assert sampling.percent_to_sigma(0.0) == 999999999.9
    assert sampling.percent_to_sigma(1.0) == 0.0
    # Shift 1.5 at half time: 1.5 * 0.5 / (1 + 0.5 * 0.5) = 0.6.
    assert sampling.percent_to_sigma(0.5) == pytest.approx(0.6)
    assert sampling.schedule(2).tolist() == pytest.approx([1.0, 0.6, 0.0])


@pytest.mark.parametrize(
    ("kind", "stack", "is_in_place"),
    [
        ("flux", "double_block", True),
        ("flux", "single_block", True),
        ("hunyuan-video", "double_block", True),
        ("hunyuan-video", "single_block", True),
        ("wan", "double_block", False),
        ("sd3", "double_block", False),
    ],
)
def test_which_blocks_change_their_inputs(kind: str, stack: str, is_in_place: bool) -> None:
    patcher, storages = HOST.model(kind), []

    def patch(args: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        given = args["img"]
        out: dict[str, Any] = extra["original_block"](args)
        storages.append(out["img"].data_ptr() == given.data_ptr())
        return out

    patcher.set_model_patch_replace(patch, "dit", stack, 1)
    HOST.sample(patcher, RUN)
    assert storages == [is_in_place] * 4


def test_the_last_block_of_sd3_has_no_text() -> None:
    patcher, texts = HOST.model("sd3"), []

    def patch(args: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = extra["original_block"](args)
        texts.append(out["txt"])
        return out

    patcher.set_model_patch_replace(patch, "dit", "double_block", 3)
    HOST.sample(patcher, RUN)
    assert texts == [None] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_twice_is_the_same_network(kind: str) -> None:
    before = torch.random.get_rng_state()
    one, other = HOST.model(kind), HOST.model(kind)
    assert torch.equal(HOST.sample(one, RUN), HOST.sample(other, RUN))
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_latent_depends_on_noise_text_and_time(kind: str) -> None:
    latent = HOST.sample(HOST.model(kind), RUN)
    for change in ({"seed": 2}, {"positive_tokens": 6}, {"cfg": 3.0}, {"steps": 5}):
        assert not torch.allclose(latent, HOST.sample(HOST.model(kind), replace(RUN, **change)))
    assert latent.isfinite().all()
    assert not latent.is_inference()


@pytest.mark.parametrize("kind", sorted(HOST.kinds - {"list", "sd3"}))
def test_what_a_network_answers_changes_slowly(kind: str) -> None:
    """A line through two answers meets the next one within a tenth: forecasts can be close."""
    answers = spied(kind, replace(RUN, steps=12)).outputs["diffusion_model"]
    for first, second, third in zip(answers[1:], answers[2:], answers[3:], strict=False):
        guess = 2 * second - first
        assert (guess - third).norm() < 0.1 * third.norm()
        assert not torch.equal(second, third)


def test_the_network_of_pairs_is_given_a_list() -> None:
    spy = spied("list", RUN)
    assert [type(args[0]) for args in spy.args["diffusion_model"]] == [list] * 4
    assert spy.latent is not None
    assert spy.latent.shape == (1, 4, 8, 8)


def test_the_other_cache_computes_every_other_evaluation() -> None:
    patcher = HOST.add_easy_cache(HOST.model("wan"))
    HOST.sample(patcher, RUN)
    assert HOST.calls(patcher)["head"] == 2
    assert "easycache" in patcher.model_options["transformer_options"]
