"""A run of a tiny transformer whose calls a test decides one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_sources import FakeSource
from tiny_model import TinyModel
from torch import Tensor

import forecache
from forecache.plan import Action

NEAR = 1e-5
"""Relative: means of float32, added in another order."""


def script(*actions: Action | None) -> Any:
    return lambda _branch, call, _scalars: actions[call]


def run(model: TinyModel, source: FakeSource, granularity: str | None, calls: int = 4) -> Any:
    transformer = model.build()
    timesteps = [model.timestep * (1 - 0.1 * call) for call in range(calls)]
    inputs = [model.inputs(1, timestep) for timestep in timesteps]
    for call, given in enumerate(inputs):
        given["hidden_states"] = given["hidden_states"] * (1 - 0.1 * call)
    with forecache.enabled(
        transformer, granularity=granularity, sidecar=source, steps=calls
    ) as handle:
        outputs = [transformer(**given, return_dict=False)[0].clone() for given in inputs]
        return transformer, inputs, outputs, handle.stats()


def relative_change(now: Tensor, then: Tensor) -> float:
    return float((now - then).abs().mean() / then.abs().mean())


def asked(source: FakeSource) -> list[Mapping[str, float]]:
    return [scalars for _, _, scalars in source.runs[0].asked]
