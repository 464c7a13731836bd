"""Enabling touches one object, says what is wrong, and leaves nothing behind."""

from __future__ import annotations

import copy
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from fake_sources import taylor_source
from tiny_image_models import DIT, FLUX
from tiny_pipelines import flux_pipeline, generate
from torch import nn

import forecache
from forecache import ForecacheError


def refused(target: Any, message: str, **options: Any) -> None:
    """The error is this one, and the target is as before."""
    before = (type(target), set(vars(target)))
    with pytest.raises(ForecacheError) as caught:
        forecache.enable(target, sidecar=taylor_source(), **options)
    assert str(caught.value) == message
    assert (type(target), set(vars(target))) == before


class Unknown(nn.Module):
    """A transformer that no layout knows."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(4, 4)

    def forward(self, hidden_states: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
        line: torch.Tensor = self.line(hidden_states)
        return line * timestep


def test_options_that_break_a_rule_are_named() -> None:
    refused(
        FLUX.build(),
        "granularity must be one of module, block, residual, hidden, output, change, got 'layer'",
        granularity="layer",
        steps=4,
    )
    refused(FLUX.build(), "steps must be an integer >= 1, got 0", steps=0)
    refused(FLUX.build(), "steps must be given for a transformer without a pipeline")
    refused(
        FLUX.build(),
        "cache_dtype must be a floating-point dtype or model, got torch.int8",
        cache_dtype=torch.int8,
        steps=4,
    )
    refused(
        FLUX.build(), "cache_place must be device or host, got 'disk'", cache_place="disk", steps=4
    )
    refused(
        FLUX.build(),
        "sidecar and plan both say where plans come from: give one of them",
        plan="plan.json",
        steps=4,
    )


def test_a_target_without_a_transformer_is_refused() -> None:
    scheduler = diffusers.DDIMScheduler()
    rule = "a pipeline with a transformer, or a transformer"
    refused(scheduler, f"target must be {rule}, got a DDIMScheduler")


def test_enabling_twice_is_refused() -> None:
    pipe, _ = flux_pipeline(4)
    with forecache.enabled(pipe, sidecar=taylor_source()):
        refused(pipe, "transformer is enabled already: call forecache.disable first")
        refused(pipe.transformer, "transformer is enabled already: call forecache.disable first")
    forecache.enable(pipe, sidecar=taylor_source()).disable()


def test_a_cache_of_diffusers_is_refused_and_bypassed() -> None:
    pipe, call = flux_pipeline(4)
    config = diffusers.FirstBlockCacheConfig(threshold=0.1)
    pipe.transformer.enable_cache(config)
    refused(pipe, "transformer has another cache enabled: disable it first")
    pipe.transformer.disable_cache()
    with forecache.enabled(pipe, sidecar=taylor_source()) as handle:
        pipe.transformer.enable_cache(config)
        generate(pipe, call)
        assert handle.stats().reasons == {"another cache is enabled": 4}
        pipe.transformer.disable_cache()
        generate(pipe, call)
        assert sum(handle.stats().forecast_calls.values()) > 0


def test_a_transformer_without_blocks_is_refused() -> None:
    transformer = DIT.build()
    transformer.transformer_blocks = nn.ModuleList()
    refused(
        transformer,
        "transformer must have blocks, got a DiTTransformer2DModel without any",
        steps=4,
    )


def test_statistics_of_what_is_not_enabled_are_refused() -> None:
    pipe, _ = flux_pipeline(4)
    with pytest.raises(ForecacheError) as caught:
        forecache.stats(pipe)
    assert str(caught.value) == "forecache must be enabled on it, got a FluxPipeline"
    forecache.disable(pipe)


def test_an_unknown_class_is_forecast_at_output_and_said_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    transformer = Unknown()
    latents = torch.randn(1, 4)
    with forecache.enabled(
        transformer, granularity="hidden", sidecar=taylor_source(), steps=4
    ) as handle:
        for step in range(4):
            transformer(latents, torch.tensor(4.0 - step))
        stats = handle.stats()
    assert (stats.granularity, stats.forecast_calls) == ("output", {"joint": 2})
    warning = "Unknown is not known: output is forecast instead of hidden"
    assert stats.warnings == (warning,)
    assert f"forecache: transformer: {warning}" in caplog.messages


def test_other_objects_of_the_class_stay_as_they_are() -> None:
    pipe, _ = flux_pipeline(4)
    other, _ = flux_pipeline(4)
    forward = vars(type(pipe.transformer))["forward"]
    with forecache.enabled(pipe, sidecar=taylor_source()):
        assert type(other) is diffusers.FluxPipeline
        assert isinstance(pipe, diffusers.FluxPipeline)
        assert type(pipe).__name__ == "FluxPipeline"
        assert type(pipe).__module__ == diffusers.FluxPipeline.__module__
        assert vars(type(pipe.transformer))["forward"] is forward
        assert "forward" not in vars(other.transformer)


def test_an_enabled_pipeline_saves_as_the_plain_one(tmp_path: Path) -> None:
    pipe, _ = flux_pipeline(4)
    pipe.save_pretrained(tmp_path / "plain")
    with forecache.enabled(pipe, sidecar=taylor_source()):
        pipe.save_pretrained(tmp_path / "enabled")
    plain, saved = (tmp_path / name / "model_index.json" for name in ("plain", "enabled"))
    assert saved.read_text() == plain.read_text()


def test_it_works_after_runs_without_it() -> None:
    pipe, call = flux_pipeline(5)
    generate(pipe, call)
    with forecache.enabled(pipe, sidecar=taylor_source()) as handle:
        generate(pipe, call)
        assert handle.stats().forecast_calls == {"cond": 2}


def test_a_wrapper_that_came_later_survives_disable() -> None:
    transformer = FLUX.build()
    expected = transformer(**FLUX.inputs(1), return_dict=False)[0]
    handle = forecache.enable(transformer, sidecar=taylor_source(), steps=4)
    ours = transformer.forward
    seen: list[int] = []

    def later(*args: Any, **kwargs: Any) -> Any:
        seen.append(1)
        return ours(*args, **kwargs)

    transformer.__dict__["forward"] = later
    handle.disable()
    assert torch.equal(transformer(**FLUX.inputs(1), return_dict=False)[0], expected)
    assert seen == [1]
    assert handle.stats().runs == 0


@pytest.mark.parametrize("is_before", [True, False])
def test_offloading_may_exchange_forward_between_calls(is_before: bool) -> None:
    pipe, call = flux_pipeline(6)
    transformer = pipe.transformer
    plain = transformer.forward
    old: list[Any] = []

    def offload() -> None:
        """As accelerate's hooks: what is there is kept, wrapped, and put back at the end."""
        inner = transformer.forward
        old.append(inner)

        def hooked(*args: Any, **kwargs: Any) -> Any:
            return inner(*args, **kwargs)

        transformer.forward = hooked

    def onload() -> None:
        transformer.forward = old.pop()

    if is_before:
        offload()
    with forecache.enabled(pipe, sidecar=taylor_source()) as handle:
        if not is_before:
            offload()
        for generation in (1, 2, 3):
            generate(pipe, call)
            onload()
            offload()
            assert handle.stats().forecast_calls == {"cond": 3 * generation}
            assert handle.stats().full_calls == {"cond": 3 * generation}
    onload()
    assert transformer(**FLUX.inputs(1), return_dict=False)[0].equal(
        plain(**FLUX.inputs(1), return_dict=False)[0]
    )
    assert handle.stats().bypassed_calls == 0


def test_a_copy_of_weights_taken_meanwhile_is_the_models() -> None:
    transformer = FLUX.build()
    before = copy.deepcopy(transformer.state_dict())
    with forecache.enabled(transformer, granularity="module", sidecar=taylor_source(), steps=4):
        for timestep in (1.0, 0.8, 0.6):
            transformer(**FLUX.inputs(1, timestep))
        assert transformer.state_dict().keys() == before.keys()
        assert len(list(transformer.named_modules())) == len(list(FLUX.build().named_modules()))


def test_importing_the_package_loads_no_torch() -> None:
    code = "import sys, forecache; print('torch' in sys.modules, 'grpc' in sys.modules)"
    source = str(Path(forecache.__file__).parents[1])
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert answer.stdout.split() == ["False", "False"]


def test_one_line_a_run_at_info(caplog: pytest.LogCaptureFixture) -> None:
    pipe, call = flux_pipeline(6)
    with (
        caplog.at_level(logging.INFO, logger="forecache"),
        forecache.enabled(pipe, sidecar=taylor_source()),
    ):
        generate(pipe, call)
    # 16 tokens of 32 numbers of 4 bytes, two slots: 4096 bytes.
    assert caplog.messages == [
        "forecache: transformer: fake(order=1) at hidden, 1 site, 3 of 6 calls full, "
        "up to 2.0x, cache 0.0 MiB",
        "forecache: transformer: 3 of 6 calls forecast, cache 0.0 MiB",
    ]
