"""With a real sidecar, and with one that is down, slow, talks nonsense or is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from comfy_host import ComfyHost, SampleRun
from contract_run import CLOSE, attached, distance, plain
from fake_sidecar import FakeSidecar, served, socket_at
from sidecar_server import SidecarServer, printed_by

from forecache._generated.forecache.v1 import plan_pb2
from forecache.client import PlanFileSource, SidecarSource

RUN = SampleRun(steps=12, cfg=4.0)
PATIENT = {"deadline_ms": 10_000, "connect_timeout_ms": 10_000}
TAYLOR = ("taylorseer", {"interval": 3, "order": 1, "warmup": 1})

PLAN = [
    "plan",
    "--policy",
    "taylorseer",
    "--interval",
    "3",
    "--order",
    "1",
    "--warmup",
    "1",
    "--json",
]


@pytest.fixture(scope="module")
def sidecar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SidecarSource]:
    """A real one."""
    server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    source = SidecarSource(server.addresses[0], **PATIENT)
    yield source
    source.close()
    server.stop()


@pytest.mark.parametrize("granularity", ["output", "hidden", "block", "change"])
def test_taylorseer(host: ComfyHost, sidecar: SidecarSource, granularity: str) -> None:
    model = attached(host, "wan", sidecar, TAYLOR, granularity=granularity)
    latent = model.sample(RUN)
    report = model.reports.newest
    assert report.policy.startswith("taylorseer(interval=3, order=1, warmup=1")
    assert report.granularity == granularity
    assert (report.full, report.forecast) == (4, 8)
    assert distance(latent, plain(host, "wan", RUN)) < CLOSE


@pytest.mark.parametrize(
    "policy",
    [
        ("fora", {"interval": 3}),
        ("hicache", {"interval": 3, "warmup": 2}),
        ("foca", {"interval": 3, "warmup": 2}),
        ("spectrum", {"interval": 3}),
        ("easycache", {"threshold": 0.5}),
        ("first-block-cache", {"threshold": 0.5}),
        ("dmd", {"interval": 3}),
    ],
    ids=lambda policy: policy[0],
)
def test_policies_at_their_own_granularity(
    host: ComfyHost, sidecar: SidecarSource, policy: tuple[str, dict[str, object]]
) -> None:
    model = attached(host, "wan", sidecar, policy, granularity=None)
    latent = model.sample(replace(RUN, steps=20))
    report = model.reports.newest
    assert report.bypass is None
    assert report.forecast > 0
    assert torch.isfinite(latent).all()


def test_the_policys_module_is_hidden_unless_asked_for(
    host: ComfyHost, sidecar: SidecarSource
) -> None:
    model = attached(host, "wan", sidecar, TAYLOR, granularity=None)
    model.sample(RUN)
    assert model.reports.newest.granularity == "hidden"
    model = attached(host, "unknown", sidecar, TAYLOR, granularity=None)
    model.sample(RUN)
    assert model.reports.newest.granularity == "output"


def test_an_unknown_class_keeps_the_policys_own_granularity_where_it_can(
    host: ComfyHost, sidecar: SidecarSource
) -> None:
    easy = ("easycache", {"threshold": 0.5})
    model = attached(host, "unknown", sidecar, easy, granularity=None)
    model.sample(replace(RUN, steps=20))
    assert model.reports.newest.granularity == "change"
    assert model.reports.newest.forecast > 0


def test_two_runs_in_a_row_both_have_a_plan(host: ComfyHost, sidecar: SidecarSource) -> None:
    model = attached(host, "wan", sidecar, TAYLOR)
    for _ in range(2):
        model.sample(replace(RUN, last_step=6))
        model.sample(replace(RUN, first_step=6))
    assert [report.forecast for report in model.reports.ended_runs] == [4, 4, 4, 4]


def test_a_wrong_option_is_said_in_the_sidecars_words(
    host: ComfyHost, sidecar: SidecarSource
) -> None:
    model = attached(host, "wan", sidecar, ("taylorseer", {"interval": 0}))
    assert torch.equal(model.sample(RUN), plain(host, "wan", RUN))
    assert model.reports.newest.bypass == 'interval must be an integer >= 1, got "0"'


def test_interval_one_is_off(host: ComfyHost, sidecar: SidecarSource) -> None:
    model = attached(host, "wan", sidecar, ("taylorseer", {"interval": 1}))
    assert torch.equal(model.sample(RUN), plain(host, "wan", RUN))
    assert model.reports.newest.bypass == "the plan computes every evaluation"


def test_percents_reach_the_plan(host: ComfyHost, sidecar: SidecarSource) -> None:
    model = attached(host, "wan", sidecar, TAYLOR, percents=(0.3, 1.0))
    model.sample(RUN)
    actions = [each.action for each in model.reports.newest.timeline]
    sampling = model.patcher.get_model_object("model_sampling")
    start = float(sampling.percent_to_sigma(0.3))
    late = next(
        index for index, each in enumerate(model.reports.newest.timeline) if each.sigma <= start
    )
    assert late > 1
    assert actions[:late] == ["full"] * late
    assert "forecast" in actions[late:]


def test_a_plan_file_needs_no_sidecar(host: ComfyHost, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(printed_by([*PLAN, "--steps", "12"]))
    model = attached(host, "wan", PlanFileSource(file))
    model.sample(RUN)
    assert (model.reports.newest.full, model.reports.newest.forecast) == (4, 8)


def test_a_plan_file_of_another_length(host: ComfyHost, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(printed_by([*PLAN, "--steps", "20"]))
    model = attached(host, "wan", PlanFileSource(file))
    assert torch.equal(model.sample(RUN), plain(host, "wan", RUN))
    assert model.reports.newest.bypass == "the plan file is for 20 calls, this run makes 12"


def test_a_sidecar_that_is_down(host: ComfyHost, tmp_path: Path) -> None:
    model = attached(host, "wan", SidecarSource(socket_at(tmp_path)), TAYLOR)
    assert torch.equal(model.sample(RUN), plain(host, "wan", RUN))
    bypass = model.reports.newest.bypass
    assert bypass is not None
    assert bypass.startswith("sidecar unreachable: ")


def test_a_sidecar_that_is_slower_than_the_deadline(host: ComfyHost, tmp_path: Path) -> None:
    fake, release = FakeSidecar(), threading.Event()
    fake.before_answer["OpenRun"] = release.wait
    with served(fake, socket_at(tmp_path)):
        try:
            source = SidecarSource(socket_at(tmp_path), connect_timeout_ms=50)
            model = attached(host, "wan", source, TAYLOR)
            assert torch.equal(model.sample(RUN), plain(host, "wan", RUN))
        finally:
            release.set()
    assert model.reports.newest.bypass == "sidecar unreachable: deadline of 50 ms passed"


def test_a_sidecar_that_talks_nonsense(host: ComfyHost, tmp_path: Path) -> None:
    fake = FakeSidecar()
    fake.decide = lambda index: plan_pb2.CallPlan(call_index=77)
    with served(fake, socket_at(tmp_path)):
        source = SidecarSource(socket_at(tmp_path), **PATIENT)
        model = attached(host, "wan", source, TAYLOR, granularity="hidden")
        assert torch.equal(model.sample(RUN), plain(host, "wan", RUN))
    (reason,) = model.reports.newest.reasons
    assert reason == "malformed answer of the sidecar: plan.call_index must be 0, got 77"


@pytest.mark.parametrize(
    ("policy", "granularity", "is_static"),
    [(TAYLOR, "output", True), (("easycache", {"threshold": 1e6}), "change", False)],
)
def test_a_sidecar_that_is_killed_and_comes_back(
    host: ComfyHost,
    tmp_path: Path,
    policy: tuple[str, dict[str, object]],
    granularity: str,
    is_static: bool,
) -> None:
    """A static plan is known to its end; a run that is decided call by call is computed from then
    on. The run after that has the new sidecar.
    """
    address = f"unix:{tmp_path / 's.sock'}"
    servers = [SidecarServer(address)]
    now = [0.0]

    def killed(step: int) -> None:
        if step == 4 and len(servers) == 1:
            servers[0].kill()

    source = SidecarSource(address, **PATIENT, clock=lambda: now[0])
    model = attached(host, "wan", source, policy, granularity=granularity)
    model.sample(replace(RUN, on_step=killed))
    report = model.reports.newest
    after = [each.action for each in report.timeline[6:]]
    assert ("forecast" in after) is is_static
    assert len(report.timeline) == 12
    servers.append(SidecarServer(address))
    now[0] = 1000.0
    model.sample(RUN)
    source.close()
    servers[1].stop()
    assert "forecast" in [each.action for each in model.reports.newest.timeline[6:]]
