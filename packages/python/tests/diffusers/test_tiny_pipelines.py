"""The tiny pipelines run, and call their network as often as the tests of the hook rely on."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tiny_pipelines import PIPELINES, generate

STEPS = 4

CALLS = {
    "dit": 4,
    "flux": 4,
    "flux with true guidance": 8,
    "flux image to image": 2,
    "sd3": 4,
    "sd3 with heun": 7,
    "pixart": 4,
    "qwen image": 8,
    "hidream": 4,
    "wan": 8,
    "wan with two transformers": 8,
    "hunyuan video": 4,
    "framepack": 8,
    "ltx": 4,
    "cogvideox": 4,
}
"""Calls of the network in four steps. Half the strength: half of them. Separate guidance or two
sections: twice as many. Heun: two a step but for the last."""


def count_calls(pipe: Any) -> list[str]:
    """A list that grows by the transformer's name with every call of it."""
    calls: list[str] = []
    for name in ("transformer", "transformer_2"):
        transformer = getattr(pipe, name, None)
        if transformer is not None:
            transformer.register_forward_pre_hook(lambda *_args, name=name: calls.append(name))
    return calls


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_calls_its_network_as_counted(name: str) -> None:
    pipe, call = PIPELINES[name](STEPS)
    calls = count_calls(pipe)
    assert bool(torch.isfinite(generate(pipe, call)).all())
    assert len(calls) == CALLS[name]


@pytest.mark.parametrize("name", PIPELINES)
def test_the_same_call_gives_the_same_output(name: str) -> None:
    pipe, call = PIPELINES[name](2)
    assert torch.equal(generate(pipe, call), generate(pipe, call))


def test_the_second_transformer_takes_over_below_the_boundary() -> None:
    pipe, call = PIPELINES["wan with two transformers"](STEPS)
    calls = count_calls(pipe)
    generate(pipe, call)
    # Timesteps 1000, 667 | 334, 1; two calls each.
    assert calls == ["transformer"] * 4 + ["transformer_2"] * 4
