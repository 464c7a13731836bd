"""What torch.compile has compiled stays compiled."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch._dynamo as dynamo
from fake_sources import taylor_source
from tiny_image_models import FLUX

import forecache
from forecache import ForecacheError


@pytest.mark.parametrize("granularity", ["output", "hidden", "residual"])
def test_compiled_blocks_are_forecast_around_without_new_graphs(granularity: str) -> None:
    dynamo.reset()
    transformer = FLUX.build()
    expected = transformer(**FLUX.inputs(1), return_dict=False)[0]
    dynamo.utils.counters.clear()
    transformer.compile_repeated_blocks(fullgraph=True, backend="eager")
    transformer(**FLUX.inputs(1))
    graphs = dynamo.utils.counters["stats"]["unique_graphs"]
    assert graphs > 0
    source = taylor_source()
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=4) as handle:
        first = transformer(**FLUX.inputs(1), return_dict=False)[0]
        for timestep in (0.4, 0.3, 0.2):
            transformer(**FLUX.inputs(1, timestep))
        assert handle.stats().forecast_calls == {"joint": 2}
    assert torch.equal(first, expected)
    assert dynamo.utils.counters["stats"]["unique_graphs"] == graphs
    assert not dynamo.utils.counters["graph_break"]
    dynamo.reset()


def test_module_refuses_compiled_blocks_when_it_meets_them() -> None:
    transformer = FLUX.build()
    expected = transformer(**FLUX.inputs(1), return_dict=False)[0]
    with forecache.enabled(
        transformer, granularity="module", sidecar=taylor_source(), steps=4
    ) as handle:
        transformer.compile_repeated_blocks(fullgraph=True, backend="eager")
        assert torch.equal(transformer(**FLUX.inputs(1), return_dict=False)[0], expected)
        reason = "module cannot see inside compiled blocks: use residual or hidden"
        assert handle.stats().reasons == {reason: 1}
    dynamo.reset()


@pytest.mark.parametrize("in_place", [True, False])
def test_a_compiled_transformer_is_forecast_at_output(in_place: bool) -> None:
    dynamo.reset()
    plain = FLUX.build()
    if in_place:
        plain.compile(backend="eager", fullgraph=True)
    compiled: Any = plain if in_place else torch.compile(plain, backend="eager", fullgraph=True)
    expected = compiled(**FLUX.inputs(1), return_dict=False)[0]
    rule = "output or change for a compiled transformer, got hidden"
    advice = "compile its blocks with compile_repeated_blocks() instead"
    before = dict(vars(compiled))
    with pytest.raises(ForecacheError) as caught:
        forecache.enable(compiled, granularity="hidden", sidecar=taylor_source(), steps=4)
    assert str(caught.value) == f"granularity must be {rule}: {advice}"
    with forecache.enabled(compiled, sidecar=taylor_source(), steps=4) as handle:
        outputs = [
            compiled(**FLUX.inputs(1, timestep), return_dict=False)[0]
            for timestep in (FLUX.timestep, 0.4, 0.3, 0.2)
        ]
        stats = handle.stats()
    assert torch.equal(outputs[0], expected)
    assert (stats.granularity, stats.forecast_calls) == ("output", {"joint": 2})
    assert vars(compiled) == before
    dynamo.reset()
