"""Blocks whose parameters come for the length of their call, as offloading does it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from fake_sources import taylor_source
from tiny_image_models import DIT, FLUX
from tiny_model import TinyModel
from tiny_video_models import WAN
from torch import Tensor, nn

import forecache

TIMES = (0.9, 0.8, 0.7, 0.6)
REASON = (
    "module cannot read gates while the blocks' parameters are not on the latents' device: "
    "use residual or hidden"
)

every_model = pytest.mark.parametrize("model", [DIT, FLUX, WAN], ids=["dit", "flux", "wan"])


def offload(module: nn.Module) -> None:
    """Leaves the module's own parameters on `meta` but while it is called."""
    real = dict(module._parameters)
    away = {
        name: each if each is None else nn.Parameter(each.to("meta"), requires_grad=False)
        for name, each in real.items()
    }

    def come(*_args: Any) -> None:
        module._parameters.update(real)

    def leave(*_args: Any) -> None:
        module._parameters.update(away)

    module.register_forward_pre_hook(come)
    module.register_forward_hook(leave)
    leave()


def offload_blocks(transformer: nn.Module) -> None:
    for name, blocks in transformer.named_children():
        if name in ("transformer_blocks", "single_transformer_blocks", "blocks"):
            for module in blocks.modules():
                offload(module)


def outputs(transformer: Any, model: TinyModel) -> list[Tensor]:
    return [
        transformer(**model.inputs(1, time * model.timestep), return_dict=False)[0].clone()
        for time in TIMES
    ]


@every_model
def test_module_is_refused_and_every_call_is_computed(model: TinyModel) -> None:
    transformer = model.build()
    expected = outputs(transformer, model)
    offload_blocks(transformer)
    with forecache.enabled(
        transformer, granularity="module", sidecar=taylor_source(), steps=len(TIMES)
    ) as handle:
        actual = outputs(transformer, model)
        assert handle.stats().reasons == {REASON: len(TIMES)}
        assert handle.stats().forecast_calls == {}
    assert all(torch.equal(*pair) for pair in zip(actual, expected, strict=True))


@every_model
@pytest.mark.parametrize("granularity", ["hidden", "residual", "output"])
def test_other_granularities_forecast(model: TinyModel, granularity: str) -> None:
    transformer = model.build()
    expected: list[list[Tensor]] = []
    for is_offloaded in (False, True):
        if is_offloaded:
            offload_blocks(transformer)
        with forecache.enabled(
            transformer, granularity=granularity, sidecar=taylor_source(), steps=len(TIMES)
        ) as handle:
            expected.append(outputs(transformer, model))
            assert handle.stats().forecast_calls == {"joint": 2}
    assert all(torch.equal(*pair) for pair in zip(*expected, strict=True))


def test_a_model_that_is_moved_whole_is_there_when_it_is_called() -> None:
    class CpuOffload:
        """Named as the hook that moves a model before its call."""

    transformer: Any = FLUX.build()
    transformer._hf_hook = CpuOffload()
    with forecache.enabled(
        transformer, granularity="module", sidecar=taylor_source(), steps=len(TIMES)
    ) as handle:
        outputs(transformer, FLUX)
        assert handle.stats().reasons == {}
        assert handle.stats().forecast_calls == {"joint": 2}
