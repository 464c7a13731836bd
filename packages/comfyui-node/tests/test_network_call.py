"""Whose rows a call of the network has."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from forecache_comfyui.network_call import find_options, stream_keys

OPTIONS = {"cond_or_uncond": [1, 0], "sigmas": torch.ones(1), "uuids": ["no", "yes"]}


def test_options_are_known_by_what_is_in_them() -> None:
    assert find_options((1, {"y": 1}, OPTIONS), {}) is OPTIONS
    assert find_options((1, OPTIONS, {"extra": 1}), {}) is OPTIONS
    assert find_options((1,), {"transformer_options": OPTIONS}) is OPTIONS
    assert find_options((1, {"y": 1}), {"control": {}}) is None


def test_rows_are_shared_evenly_in_the_order_of_the_prompts() -> None:
    keys = stream_keys(torch.zeros(4, 3, 8, 8), OPTIONS)
    assert isinstance(keys, tuple)
    assert [key.prompt for key in keys] == ["no", "yes"]
    assert {key.shape for key in keys} == {(2, 3, 8, 8)}
    assert {key.window for key in keys} == {None}


def test_a_window_is_its_frames() -> None:
    window = SimpleNamespace(index_list=[2, 3, 4])
    keys = stream_keys(torch.zeros(2, 3), {**OPTIONS, "context_window": window})
    assert isinstance(keys, tuple)
    assert keys[0].window == (2, 3, 4)


def test_why_rows_cannot_be_told_apart() -> None:
    assert stream_keys([torch.zeros(2)], OPTIONS) == "the model is given list instead of one tensor"
    assert stream_keys(torch.zeros(3, 1), OPTIONS) == "3 rows cannot be shared by 2 prompts"
    assert stream_keys(torch.zeros(2, 1), {}) == (
        "this ComfyUI does not say which prompt a row belongs to"
    )
    assert stream_keys(torch.zeros(2, 1), None) == "no transformer_options are passed to the model"
