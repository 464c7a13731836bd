"""What is measured inside the network: the conditioning, and a branch's feature."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from fake_sources import REUSE, FakeSource
from scripted_run import NEAR, asked, relative_change, run, script
from tiny_image_models import DIT, FLUX
from tiny_model import TinyModel
from tiny_models import TINY_MODELS
from tiny_video_models import LTX, WAN
from torch import Tensor

import forecache
from forecache.plan import FULL, Probe, ProbeKind


@pytest.mark.parametrize(
    ("model", "embedder"),
    [(WAN, "condition_embedder.time_proj"), (FLUX, "time_text_embed"), (LTX, "time_embed.linear")],
    ids=["wan", "flux", "ltx"],
)
def test_conditioning_change_is_of_what_the_modulation_is_made_from(
    model: TinyModel, embedder: str
) -> None:
    probe = Probe(ProbeKind.CONDITIONING_CHANGE)
    source = FakeSource(answer=script(FULL, FULL, REUSE, REUSE), probes=(probe,))
    transformer, inputs, _, stats = run(model, source, "residual")
    seen: list[Tensor] = []
    module = transformer.get_submodule(embedder)
    module.register_forward_hook(lambda _module, _args, output: seen.append(output))
    for given in inputs:
        transformer(**given)
    told = asked(source)
    assert told[0] == {}
    # From call to call, skipped ones included.
    expected = [relative_change(b, a) for a, b in pairwise(seen)]
    assert [scalars["conditioning-change"] for scalars in told[1:]] == pytest.approx(expected, NEAR)
    assert stats.forecast_calls == {"joint": 2}


@pytest.mark.parametrize("model", TINY_MODELS.values(), ids=TINY_MODELS.keys())
def test_conditioning_change_is_known_for_every_class(model: TinyModel) -> None:
    probe = Probe(ProbeKind.CONDITIONING_CHANGE)
    source = FakeSource(answer=script(FULL, REUSE, REUSE), probes=(probe,))
    _, _, _, stats = run(model, source, "residual", 3)
    assert [len(scalars) for scalars in asked(source)] == [0, 1, 1]
    assert all(scalars["conditioning-change"] > 0 for scalars in asked(source)[1:])
    assert stats.forecast_calls == {"joint": 2}


@pytest.mark.parametrize(
    ("model", "site", "module"),
    [
        (DIT, "blocks.1.attention", "transformer_blocks.1.attn1"),
        (FLUX, "blocks.1.mlp", "transformer_blocks.1.ff"),
        (WAN, "blocks.0.cross-attention", "blocks.0.attn2"),
    ],
    ids=["dit", "flux", "wan"],
)
def test_feature_change_is_of_the_branchs_output_at_computed_calls(
    model: TinyModel, site: str, module: str
) -> None:
    probe = Probe(ProbeKind.FEATURE_CHANGE, site=site)
    source = FakeSource(answer=script(FULL, FULL, REUSE, FULL), probes=(probe,))
    transformer, inputs, _, stats = run(model, source, "residual")
    seen: list[Tensor] = []
    transformer.get_submodule(module).register_forward_hook(
        lambda _module, _args, output: seen.append(output)
    )
    for given in inputs:
        transformer(**given)
    reports = [report.scalars for report in source.runs[0].reports]
    changes = [relative_change(seen[1], seen[0]), relative_change(seen[3], seen[1])]
    assert reports == [
        {},
        {"feature-change": pytest.approx(changes[0], NEAR)},
        {},
        {"feature-change": pytest.approx(changes[1], NEAR)},
    ]
    assert stats.reasons == {}


def test_a_watched_module_is_left_as_it_was_whatever_happens() -> None:
    probe = Probe(ProbeKind.FEATURE_CHANGE, site="blocks.1.mlp")
    source = FakeSource(answer=script(FULL, FULL), probes=(probe,))
    transformer: Any = FLUX.build()
    watched = transformer.transformer_blocks[1].ff

    def fail(*_args: Any) -> None:
        raise ValueError("no")

    with forecache.enabled(transformer, granularity="residual", sidecar=source, steps=2):
        transformer(**FLUX.inputs(1, 0.9))
        assert not watched._forward_hooks
        hook = watched.register_forward_pre_hook(fail)
        with pytest.raises(ValueError, match="no"):
            transformer(**FLUX.inputs(1, 0.8))
        hook.remove()
        assert not watched._forward_hooks
