"""Other caches on a model are known by the traces that they leave."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from forecache_comfyui.foreign_caches import foreign_cache, is_compiled


def in_module(name: str) -> Any:
    """A function that says it was defined there."""

    def function() -> None:
        """Does nothing."""

    function.__module__ = name
    return function


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"transformer_options": {"wrappers": {"outer_sample": {"easycache": [1]}}}}, "EasyCache"),
        ({"transformer_options": {"wrappers": {"outer_sample": {"lazycache": [1]}}}}, "LazyCache"),
        ({"transformer_options": {"easycache": object()}}, "EasyCache or LazyCache"),
        ({"transformer_options": {"rel_l1_thresh": 0.4}}, "TeaCache"),
        (
            {"model_function_wrapper": in_module("custom_nodes.ComfyUI-TeaCache.nodes")},
            "teacache",
        ),
        (
            {"model_function_wrapper": in_module("custom_nodes.ComfyUI-TaylorSeer.nodes")},
            "taylorseer",
        ),
    ],
)
def test_caches_are_named(options: dict[str, Any], name: str) -> None:
    assert foreign_cache(options, object()) == name


def test_a_cache_on_the_network_counts_with_a_function_only() -> None:
    network = SimpleNamespace(cache_dic={})
    assert foreign_cache({}, network) is None
    assert foreign_cache({"model_function_wrapper": in_module("theirs")}, network) == "TaylorSeer"


def test_an_ordinary_model_has_none() -> None:
    options = {
        "transformer_options": {"wrappers": {"outer_sample": {"forecache": [1]}}},
        "model_function_wrapper": in_module("custom_nodes.something_else"),
    }
    assert foreign_cache(options, object()) is None


def test_a_compiled_model_is_known_by_its_wrapper() -> None:
    wrappers = {"apply_model": {"torch.compile": [1]}}
    assert is_compiled({"transformer_options": {"wrappers": wrappers}})
    assert not is_compiled({})
