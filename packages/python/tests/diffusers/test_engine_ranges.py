"""Ranges of blocks that a run's setup names; the rest of the network is computed."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from fake_sources import REUSE, FakeSource
from recorded_call import record_call
from tiny_image_models import DIT, FLUX, STABLE_DIFFUSION_3
from tiny_model import TinyModel
from tiny_video_models import COGVIDEOX, HUNYUAN_VIDEO
from torch import Tensor, nn

import forecache
from forecache import ForecacheError
from forecache.diffusers.layouts import find_layout
from forecache.hosting.residual_sum import ResidualSum
from forecache.plan import FULL, Action, Granularity, SiteAction

ROUNDING = 1e-5
FORECAST = Action(REUSE.kind)

with_text = pytest.mark.parametrize(
    "model",
    [DIT, FLUX, STABLE_DIFFUSION_3, COGVIDEOX, HUNYUAN_VIDEO],
    ids=lambda model: model.class_name,
)


def source(site: str, *actions: Action) -> FakeSource:
    return FakeSource(
        lambda _calls: actions, sites=(site,), granularity=Granularity.RESIDUAL, history_size=1
    )


def blocks_of(transformer: nn.Module) -> list[nn.Module]:
    layout = find_layout(transformer)
    assert layout is not None
    return [block for stage in layout.stages for block in getattr(transformer, stage.blocks)]


def runs_of(blocks: list[nn.Module], call: Any) -> list[int]:
    """Which blocks a call computes."""
    seen: list[int] = []
    handles = [
        block.register_forward_pre_hook(lambda *_, index=index: seen.append(index))
        for index, block in enumerate(blocks)
    ]
    call()
    for handle in handles:
        handle.remove()
    return seen


@with_text
def test_reuse_of_a_range_at_the_same_input_is_the_full_output(model: TinyModel) -> None:
    transformer, inputs = model.build(), model.inputs(1)
    expected = transformer(**inputs, return_dict=False)[0]
    count = len(blocks_of(transformer))
    for site in ("blocks.0-0", f"blocks.1-{count - 1}", f"blocks.0-{count - 1}"):
        with forecache.enabled(
            transformer, sidecar=source(site, FULL, FORECAST), steps=2
        ) as handle:
            transformer(**inputs)
            actual = transformer(**inputs, return_dict=False)[0]
            assert handle.stats().forecast_calls == {"joint": 1}
        assert float((actual - expected).norm() / expected.norm()) < ROUNDING


@with_text
def test_only_blocks_outside_the_range_run(model: TinyModel) -> None:
    transformer, inputs = model.build(), model.inputs(1)
    blocks = blocks_of(transformer)
    with forecache.enabled(transformer, sidecar=source("blocks.0-1", FULL, FORECAST), steps=2):
        every = runs_of(blocks, lambda: transformer(**inputs))
        some = runs_of(blocks, lambda: transformer(**inputs))
    assert every == list(range(len(blocks)))
    assert some == list(range(2, len(blocks)))


def test_a_front_range_moves_both_streams() -> None:
    transformer = FLUX.build()
    first, second = (FLUX.inputs(seed, timestep) for seed, timestep in ((1, 0.9), (1, 0.8)))
    layout = find_layout(transformer)
    assert layout is not None
    true = record_call(transformer, layout, first)
    before, after = true.blocks[0].arguments, true.blocks[2].arguments
    moved = {
        name: after[name] - before[name] for name in ("hidden_states", "encoder_hidden_states")
    }
    seen: dict[str, Tensor] = {}

    def keep(_module: nn.Module, _args: Any, kwargs: Any) -> None:
        seen.update(kwargs)

    with forecache.enabled(transformer, sidecar=source("blocks.0-1", FULL, FORECAST), steps=2):
        transformer(**first)
        handle = blocks_of(transformer)[2].register_forward_pre_hook(keep, with_kwargs=True)
        transformer(**second)
        handle.remove()
    start = record_call(transformer, layout, second).blocks[0].arguments
    for name, residual in moved.items():
        expected = start[name] + residual
        assert float((seen[name] - expected).norm() / expected.norm()) < ROUNDING


def test_ranges_keep_histories_of_their_own() -> None:
    transformer = FLUX.build()
    early, late = "blocks.2-4", "blocks.0-1"
    skips = {1: early, 2: early, 3: late, 4: late}
    exceptions = {call: (SiteAction(site, FORECAST),) for call, site in skips.items()}
    plans = FakeSource(
        lambda calls: [FULL] * calls,
        sites=(early, late),
        granularity=Granularity.RESIDUAL,
        history_size=1,
        exceptions=exceptions,
    )
    blocks = blocks_of(transformer)
    with forecache.enabled(transformer, sidecar=plans, steps=5) as handle:
        computed = [
            runs_of(blocks, lambda timestep=timestep: transformer(**FLUX.inputs(1, timestep)))
            for timestep in (0.9, 0.8, 0.7, 0.6, 0.5)
        ]
        stats = handle.stats()
    assert computed == [[0, 1, 2, 3, 4], [0, 1], [0, 1], [2, 3, 4], [2, 3, 4]]
    assert stats.reasons == {}
    assert stats.sites == 2


def test_a_range_that_is_not_there_is_refused() -> None:
    plans = source("blocks.3-9", FULL, FORECAST)
    with pytest.raises(ForecacheError) as caught:
        forecache.enable(FLUX.build(), sidecar=plans, steps=2)
    rule = "site must be a range of blocks within blocks.0-4, got blocks.3-9"
    assert str(caught.value) == rule


def test_what_is_added_between_blocks_is_not_in_the_sum() -> None:
    blocks = ResidualSum()
    stream = torch.tensor([1.0])
    blocks.enter(stream, stream)
    # + 2
    stream = torch.tensor([3.0])
    blocks.leave(stream, stream)
    blocks.enter(stream, stream)
    # + 4
    stream = torch.tensor([7.0])
    blocks.leave(stream, stream)
    # + 100 of a ControlNet.
    stream = stream + 100
    blocks.enter(stream, stream)
    # + 8
    stream = torch.tensor([115.0])
    blocks.leave(stream, stream)
    assert blocks.total().tolist() == [14.0]


def test_controlnet_residuals_stay_out_of_the_forecast() -> None:
    transformer, inputs = FLUX.build(), FLUX.inputs(1)
    torch.manual_seed(0)
    width = 32
    control = [torch.randn(inputs["hidden_states"].shape[0], 16, width) for _ in range(2)]
    controlled = {**inputs, "controlnet_block_samples": control}
    expected = transformer(**controlled, return_dict=False)[0]
    for granularity in ("residual", "module"):
        plans = FakeSource(lambda _calls: [FULL, FORECAST], history_size=1)
        with forecache.enabled(transformer, granularity=granularity, sidecar=plans, steps=2):
            transformer(**controlled)
            actual = transformer(**controlled, return_dict=False)[0]
        assert float((actual - expected).norm() / expected.norm()) < ROUNDING
