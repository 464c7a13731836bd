"""What goes wrong on our side costs speed; what goes wrong on the user's side is the user's."""

from __future__ import annotations

import gc
from typing import Any

import pytest
import torch
from fake_sources import REUSE, FakeSource, taylor_source
from tiny_image_models import DIT, FLUX
from tiny_model import TinyModel
from tiny_video_models import WAN
from torch import Tensor, nn

import forecache
from forecache.hosting.feature_store import FeatureStore
from forecache.plan import FULL, RunOutcome
from forecache.torch import FeatureHistory

INSIDE = ("hidden", "residual", "module")
EVERYWHERE = (*INSIDE, "output")


def call(transformer: nn.Module, model: TinyModel, timestep: float) -> Tensor:
    output: Tensor = transformer(**model.inputs(1, timestep), return_dict=False)[0]
    return output


class Broken(Exception):
    pass


@pytest.mark.parametrize("granularity", EVERYWHERE)
def test_a_forecast_that_fails_is_computed(granularity: str, monkeypatch: Any) -> None:
    transformer = FLUX.build()
    times = (0.9, 0.8, 0.7)
    expected = [call(transformer, FLUX, time) for time in times]

    def fail(*_args: Any, **_kwargs: Any) -> Tensor:
        raise MemoryError("no room")

    source = taylor_source()
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=3) as handle:
        for name in ("forecast", "gated_sum"):
            monkeypatch.setattr(FeatureHistory, name, fail)
        actual = [call(transformer, FLUX, time) for time in times]
        stats = handle.stats()
    assert all(torch.equal(*pair) for pair in zip(actual, expected, strict=True))
    assert stats.reasons == {"MemoryError: no room": 1}
    assert stats.forecast_calls == {}


@pytest.mark.parametrize("granularity", EVERYWHERE)
def test_a_feature_that_cannot_be_stored_is_not_forecast_from(
    granularity: str, monkeypatch: Any
) -> None:
    transformer = FLUX.build()
    times = (0.9, 0.8, 0.7)
    expected = [call(transformer, FLUX, time) for time in times]

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(FeatureStore, "write", fail)
    source = taylor_source()
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=3) as handle:
        actual = [call(transformer, FLUX, time) for time in times]
        stats = handle.stats()
    assert all(torch.equal(*pair) for pair in zip(actual, expected, strict=True))
    assert stats.forecast_calls == {}
    assert sum("no room" in reason for reason in stats.reasons) == 1
    assert stats.reasons["the history does not hold the calls that the forecast needs"] == 1


@pytest.mark.parametrize("granularity", EVERYWHERE)
@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Broken("no"), RunOutcome.ERROR), (KeyboardInterrupt(), RunOutcome.INTERRUPTED)],
)
def test_an_exception_of_a_bare_transformer_ends_its_run(
    granularity: str, error: BaseException, outcome: RunOutcome
) -> None:
    transformer = FLUX.build()
    source = taylor_source()
    with forecache.enabled(transformer, granularity=granularity, sidecar=source, steps=6) as handle:
        call(transformer, FLUX, 0.9)

        def fail(*_args: Any) -> None:
            raise error

        hook = transformer.single_transformer_blocks[0].register_forward_pre_hook(fail)
        with pytest.raises(type(error)) as caught:
            call(transformer, FLUX, 0.8)
        hook.remove()
        assert caught.value is error
        assert source.runs[-1].outcomes == [outcome]
        call(transformer, FLUX, 0.7)
        assert handle.stats().runs == 2
        assert source.runs[-1].reports[0].call_index == 0


def test_a_source_that_raises_something_unheard_of_is_nobody() -> None:
    class Strange:
        def open_run(self, request: Any) -> Any:
            raise OSError("socket gone")

        def close(self) -> None:
            pass

    transformer = DIT.build()
    expected = call(transformer, DIT, 900)
    with forecache.enabled(transformer, sidecar=Strange(), steps=2) as handle:
        assert torch.equal(call(transformer, DIT, 900), expected)
        assert handle.stats().reasons == {"OSError: socket gone": 1}


def test_a_policy_that_believes_in_a_feature_that_is_not_there_is_left(monkeypatch: Any) -> None:
    write = FeatureStore.write
    failing = [True]

    def sometimes(*args: Any) -> None:
        if failing[0]:
            raise MemoryError("no room")
        write(*args)

    monkeypatch.setattr(FeatureStore, "write", sometimes)
    actions = (FULL, FULL, REUSE, REUSE)
    source = FakeSource(answer=lambda _branch, index, _scalars: actions[index])
    transformer = FLUX.build()
    with forecache.enabled(transformer, granularity="hidden", sidecar=source, steps=4) as handle:
        for index, time in enumerate((0.9, 0.8, 0.7, 0.6)):
            failing[0] = index == 0
            call(transformer, FLUX, time)
        reason = "features were not stored: MemoryError: no room"
        assert handle.stats().reasons == {reason: 4}
        assert handle.stats().forecast_calls == {}


def test_a_run_that_cannot_be_closed_does_not_hide_the_users_exception() -> None:
    source = taylor_source()
    transformer = FLUX.build()
    with forecache.enabled(transformer, sidecar=source, steps=6):
        call(transformer, FLUX, 0.9)
        source.runs[-1].close = fail_to_close  # type: ignore[method-assign]
        hook = transformer.proj_out.register_forward_pre_hook(fail_on_purpose)
        with pytest.raises(Broken, match="on purpose"):
            call(transformer, FLUX, 0.8)
        hook.remove()


def fail_to_close(_outcome: RunOutcome) -> None:
    raise OSError("socket gone")


def fail_on_purpose(*_args: Any) -> None:
    raise Broken("on purpose")


def test_a_transformer_on_several_devices_is_left_alone() -> None:
    transformer = FLUX.build()
    expected = call(transformer, FLUX, 0.9)
    with forecache.enabled(transformer, sidecar=taylor_source(), steps=2) as handle:
        transformer._parallel_config = object()
        assert torch.equal(call(transformer, FLUX, 0.9), expected)
        reason = "the transformer runs on several devices in parallel"
        assert handle.stats().reasons == {reason: 1}


@pytest.mark.parametrize("model", [FLUX, DIT, WAN], ids=["flux", "dit", "wan"])
@pytest.mark.parametrize("granularity", EVERYWHERE)
def test_bfloat16_stays_bfloat16(model: TinyModel, granularity: str) -> None:
    transformer = model.build().to(torch.bfloat16)
    sizes = {}
    for dtype in (torch.bfloat16, torch.float32):
        source = taylor_source()
        with forecache.enabled(
            transformer, granularity=granularity, sidecar=source, steps=3, cache_dtype=dtype
        ) as handle:
            for time in (0.9, 0.8, 0.7):
                inputs = {
                    name: value.to(torch.bfloat16) if is_floating(value) else value
                    for name, value in model.inputs(1, time * model.timestep).items()
                }
                output = transformer(**inputs, return_dict=False)[0]
                assert output.dtype == torch.bfloat16
                assert bool(output.isfinite().all())
            assert handle.stats().reasons == {}
            sizes[dtype] = handle.stats().peak_cache_bytes
    assert sizes[torch.float32] == 2 * sizes[torch.bfloat16] > 0
    with forecache.enabled(
        transformer, granularity=granularity, sidecar=taylor_source(), steps=3
    ) as handle:
        # The model's own: half precision too where the head gets its input in float32.
        transformer(**inputs)
        assert handle.stats().peak_cache_bytes == sizes[torch.bfloat16]


def is_floating(value: object) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


@pytest.mark.parametrize("granularity", EVERYWHERE)
def test_inference_mode_and_no_grad_may_take_turns(granularity: str) -> None:
    transformer = FLUX.build()
    times = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)

    def outputs() -> list[Tensor]:
        made = []
        for index, time in enumerate(times):
            with torch.inference_mode() if index % 2 else torch.no_grad():
                made.append(call(transformer, FLUX, time).clone())
        return made

    with forecache.enabled(
        transformer, granularity=granularity, sidecar=taylor_source(), steps=6
    ) as handle:
        mixed = outputs()
        assert handle.stats().reasons == {}
        handle.end_run()
        plain = [call(transformer, FLUX, time) for time in times]
    for one, other in zip(mixed, plain, strict=True):
        assert torch.equal(one, other)


def test_many_runs_of_many_sizes_leave_nothing_behind() -> None:
    transformer = FLUX.build()

    def live_tensors() -> int:
        gc.collect()
        return sum(issubclass(type(each), Tensor) for each in gc.get_objects())

    def generations(count: int) -> None:
        for generation in range(count):
            for time in (0.9, 0.8, 0.7):
                transformer(**FLUX.inputs(1, time, batch=1 + generation % 3))
            handle.end_run()

    source = taylor_source()
    with forecache.enabled(transformer, granularity="module", sidecar=source, steps=3) as handle:
        generations(3)
        before = live_tensors()
        generations(12)
        assert live_tensors() <= before
        assert handle.stats().runs == 15


def test_the_users_own_gradients_are_untouched() -> None:
    transformer = FLUX.build()
    source = FakeSource()
    with torch.enable_grad(), forecache.enabled(transformer, sidecar=source, steps=3):
        output = transformer(**FLUX.inputs(1), return_dict=False)[0]
        output.sum().backward()
    assert transformer.x_embedder.weight.grad is not None
