"""What `enable` finds out before the first call: options, policies, and whether anybody answers."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from fake_sources import FakeSource, NobodySource, taylor_source
from tiny_image_models import DIT, FLUX
from tiny_pipelines import dit_pipeline, flux_pipeline, generate
from tiny_video_models import WAN

import forecache
from forecache import ForecacheError
from forecache.client import SidecarSource
from forecache.plan import FULL, Action, ActionKind, Probe, ProbeKind, RunOutcome, TokenSelection

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from sidecar_server import SidecarServer, printed_by

NO_PLAN = "no plan: {}; every call will be computed in full"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SidecarSource]:
    server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    source = SidecarSource(server.addresses[0], deadline_ms=10_000, connect_timeout_ms=10_000)
    yield source
    source.close()
    server.stop()


def refused(target: Any, policy: str = "taylorseer", **options: Any) -> str:
    with pytest.raises(ForecacheError) as caught:
        forecache.enable(target, policy, **options)
    # Nothing was left behind.
    with pytest.raises(ForecacheError, match="must be enabled"):
        forecache.stats(target)
    return str(caught.value)


def test_the_trial_is_closed_at_once_and_is_no_run() -> None:
    pipe, _ = flux_pipeline(4)
    source = taylor_source()
    with forecache.enabled(pipe, granularity="hidden", sidecar=source) as handle:
        assert [run.outcomes for run in source.trials] == [[RunOutcome.OK]]
        assert source.runs == []
        assert handle.stats().runs == 0
    request = source.trials[0].request
    assert (request.steps, request.calls) == (50, 50)
    assert (len(request.timesteps), len(request.sigmas)) == (50, 50)
    assert request.network is not None


def test_the_trial_has_the_positions_that_runs_will_have() -> None:
    pipe, _ = dit_pipeline(4)
    source = taylor_source()
    with forecache.enabled(pipe, sidecar=source):
        request = source.trials[0].request
    assert (len(request.timesteps), len(request.sigmas)) == (50, 0)
    with forecache.enabled(DIT.build(), sidecar=source, steps=7):
        request = source.trials[-1].request
    assert (request.calls, request.timesteps, request.sigmas) == (7, (), ())


@pytest.mark.parametrize(
    ("policy", "options", "message"),
    [
        ("taylorseer", {"interval": 0}, 'interval must be an integer >= 1, got "0"'),
        ("teacache", {"coefficients": "nobodys"}, "coefficients must be"),
        ("taylorseer", {"intervall": 5}, "intervall"),
        ("no-such-policy", {}, "policy must be one of adacache, "),
    ],
)
def test_a_wrong_option_is_the_sidecars_message(
    source: SidecarSource, policy: str, options: dict[str, Any], message: str
) -> None:
    pipe, call = flux_pipeline(2)
    told = refused(pipe, policy, sidecar=source, **options)
    assert message in told
    bound = type(pipe)
    assert bound.__name__ == "FluxPipeline"
    assert "_forecache_handle" not in vars(pipe.transformer)
    generate(pipe, call)


@pytest.mark.parametrize("policy", ["toca", "duca"])
def test_a_policy_of_tokens_is_refused_with_what_to_use(source: SidecarSource, policy: str) -> None:
    pipe, _ = flux_pipeline(4)
    told = refused(pipe, policy, sidecar=source, schedule="uniform")
    assert told.startswith(
        f"policy must be one that can be applied to a FluxTransformer2DModel here, got {policy}("
    )
    assert told.endswith(": the policy computes chosen tokens: use the model host")


def test_a_plan_with_partial_calls_is_refused() -> None:
    partial = Action(ActionKind.PARTIAL, selection=TokenSelection(1))
    source = FakeSource(lambda calls: [FULL] + [partial] * (calls - 1))
    message = refused(DIT.build(), granularity="hidden", sidecar=source, steps=4)
    assert message == (
        "policy must be one that can be applied to a DiTTransformer2DModel here, "
        "got fake(order=1): the policy computes chosen tokens: use the model host"
    )
    assert source.trials[0].outcomes == [RunOutcome.OK]


@pytest.mark.parametrize(
    ("probe", "model", "granularity", "reason"),
    [
        (
            Probe(ProbeKind.FEATURE_MOTION, 4, "blocks.1.attention"),
            FLUX,
            "residual",
            "feature-motion cannot be measured in a pipeline: use the model host",
        ),
        (
            Probe(ProbeKind.MODULATED_INPUT_CHANGE),
            FLUX,
            "output",
            "modulated-input-change is measured inside the network: use another granularity",
        ),
        (
            Probe(ProbeKind.MODULATED_INPUT_CHANGE),
            WAN,
            "residual",
            "modulated-input-change is not known for WanTransformerBlock: use the model host",
        ),
        (
            Probe(ProbeKind.FEATURE_CHANGE, site="blocks.9.mlp"),
            FLUX,
            "residual",
            "the network has no site blocks.9.mlp whose change could be measured",
        ),
        (
            Probe(ProbeKind.FEATURE_CHANGE, site="blocks.1.mlp"),
            FLUX,
            "change",
            "feature-change is measured inside the network: use another granularity",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(
    probe: Probe, model: Any, granularity: str, reason: str
) -> None:
    source = FakeSource(answer=lambda *_: FULL, probes=(probe,))
    message = refused(model.build(), granularity=granularity, sidecar=source, steps=4)
    assert message.endswith(f"got fake(order=1): {reason}")


def test_a_mask_is_tried_with_as_many_calls_as_it_has_digits(source: SidecarSource) -> None:
    pipe, call = flux_pipeline(4)
    with forecache.enabled(pipe, "fora", sidecar=source, step_mask="1101") as handle:
        generate(pipe, call)
        assert handle.stats().full_calls == {"cond": 4 - handle.stats().forecast_calls["cond"]}


def test_nobody_there_is_one_warning_and_the_run_asks_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pipe, call = flux_pipeline(3)
    expected = generate(pipe, call)
    nobody = NobodySource()
    with (
        caplog.at_level(logging.WARNING, "forecache"),
        forecache.enabled(pipe, sidecar=nobody) as handle,
    ):
        said = NO_PLAN.format("nobody is there")
        assert handle.stats().warnings == (said,)
        assert caplog.messages == [f"forecache: transformer: {said}"]
        assert torch.equal(generate(pipe, call), expected)
    assert nobody.asked == 2


def test_a_plan_file_is_tried_with_its_own_number_of_calls(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    policy = ["--policy", "taylorseer", "--interval", "3", "--order", "1"]
    path.write_text(
        printed_by(["plan", "--model", "flux.1-dev", "--steps", "8", *policy, "--json"])
    )
    pipe, _ = flux_pipeline(8)
    with forecache.enabled(pipe, plan=path) as handle:
        assert handle.stats().warnings == ()
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "cacheBytes": {"hidden": 1}}))
    message = refused(pipe, plan=path, granularity="change")
    assert message == "granularity must be one of hidden, module (plan file), got change"


def test_a_source_of_our_own_is_closed_when_enabling_fails(monkeypatch: Any) -> None:
    ours = FakeSource(answer=lambda *_: FULL, probes=(Probe(ProbeKind.FEATURE_MOTION),))
    monkeypatch.setattr("forecache.diffusers.enabling.find_sidecar", lambda _address: ours)
    refused(DIT.build(), granularity="hidden", steps=4)
    assert ours.is_closed
