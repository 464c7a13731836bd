"""Presets made of a guider's runs: recorded, made again, and better than the same line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from comfy_host import ComfyHost, SampleRun
from sidecar_server import SidecarServer
from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.making import compile_making
from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import PresetIdentity, PresetProvenance, PresetVariant
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.solver import Solver, answering
from forecache.errors import ForecacheError
from forecache_comfyui.attachment import attach
from forecache_comfyui.calibration.guided_calibration import assert_possible, calibrate_guided
from forecache_comfyui.calibration.guided_run import GuidedRun, GuidedSampling
from forecache_comfyui.settings import compile_node_settings

RUN = SampleRun(steps=12, cfg=3.0)
OPTIONS = compile_making([4], searches=2, rounds=2, history=3, ridge=1e-4)


@pytest.fixture(scope="module")
def solver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Solver]:
    """A real sidecar's."""
    server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    with answering(server.addresses[0]) as client:
        yield client
    server.stop()


@pytest.fixture(autouse=True)
def as_comfyui_executes() -> Iterator[None]:
    with torch.inference_mode():
        yield


def sampling(
    host: ComfyHost, run: SampleRun = RUN, kind: str = "wan", patcher: Any = None
) -> GuidedSampling:
    asked = host.guiding(patcher or host.model(kind), run)
    latent = asked.latent["samples"]

    def noise(seed: int) -> Tensor:
        return torch.randn(latent.shape, generator=torch.Generator().manual_seed(seed))

    return GuidedSampling(asked.guider, asked.sampler, asked.sigmas, latent, noise)


def made(host: ComfyHost, solver: Solver, run: SampleRun = RUN, **given: Any) -> Preset:
    return calibrate_guided(
        sampling(host, run),
        OPTIONS,
        solver,
        **{
            "name": "tiny",
            "seeds": range(3),
            "unseen": range(100, 102),
            "warn": pytest.fail,
            **given,
        },
    )


def even_lines(preset: Preset) -> Preset:
    """As many full calls, evenly spaced, with the line through the newest two."""
    full = (0, 3, 6, 9)
    weights = []
    for call in range(preset.identity.calls):
        older, newest = [each for each in (-3, *full) if each < call or call == 0][-2:]
        share = (call - newest) / (newest - older)
        if call not in full:
            weights.append((1 + share, -share) if older >= 0 else (1.0,))
    return replace(preset, variants=(PresetVariant(full, tuple(weights)),))


def error(host: ComfyHost, preset: Preset, run: SampleRun, seed: int) -> float:
    guided, elements = GuidedRun(sampling(host, run), seed), Elements()
    full = guided.record(elements).ended
    walked = guided.walk(preset.source(), elements).ended
    return float((walked - full).norm() / full.norm())


@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m"])
def test_a_preset_is_closer_than_even_lines_on_unseen_seeds(
    host: ComfyHost, solver: Solver, sampler: str
) -> None:
    run = replace(RUN, sampler=sampler)
    preset = made(host, solver, run)
    assert (preset.identity.sampler, preset.identity.calls) == (sampler, 12)
    assert preset.identity.guidance == 3.0
    assert len(preset.identity.timesteps) == 12
    assert (preset.provenance.seeds, preset.provenance.held_out_runs) == ((0, 1, 2), 2)
    (variant,) = preset.variants
    assert len(variant.full_calls) == 4
    unseen = [error(host, preset, run, seed) for seed in (7, 8)]
    lines = [error(host, even_lines(preset), run, seed) for seed in (7, 8)]
    assert sum(unseen) < 0.8 * sum(lines), (unseen, lines)


def test_the_error_is_that_of_the_unseen_runs(host: ComfyHost, solver: Solver) -> None:
    preset = made(host, solver, unseen=range(7, 8))
    (variant,) = preset.variants
    assert variant.relative_error == pytest.approx(error(host, preset, RUN, 7), rel=1e-6)


def test_a_recorded_run_is_the_users_and_leaves_the_model_alone(host: ComfyHost) -> None:
    patcher = host.model("wan")
    guided = sampling(host, patcher=patcher)
    before = {kind: dict(keys) for kind, keys in patcher.wrappers.items()}
    recording = GuidedRun(guided, RUN.seed).record(Elements())
    assert {kind: dict(keys) for kind, keys in patcher.wrappers.items()} == before
    assert guided.guider.model_patcher is patcher
    expected = host.sample(host.model("wan"), RUN)
    made_of = guided.guider.model_patcher.model
    process = getattr(made_of, "process_latent_out", lambda latent: latent)
    assert torch.allclose(process(recording.ended.reshape(expected.shape)), expected, atol=1e-6)


def test_a_recording_ignores_a_forecache_that_is_on_the_model(host: ComfyHost) -> None:
    plain = GuidedRun(sampling(host), 5).record(Elements())
    variant = PresetVariant((0, 1), ((1.0,),) * 10)
    content = Preset("far", PresetIdentity("", "", 12, 12), PresetProvenance(1), (variant,))
    settings = compile_node_settings(
        "preset", {}, PresetSource(content, variant), granularity="output"
    )
    patcher = attach(host.model("wan"), settings)
    again = GuidedRun(sampling(host, patcher=patcher), 5).record(Elements())
    assert torch.equal(plain.ended, again.ended)


LINEAR = ("euler", "dpmpp_2m", "lms", "deis", "ipndm", "uni_pc", "res_multistep")
NOISY = ("euler_ancestral", "dpmpp_2m_sde", "er_sde")


@pytest.mark.filterwarnings("ignore")  # ComfyUI's own, of newer libraries
@pytest.mark.parametrize("sampler", [*LINEAR, *NOISY])
def test_a_sampler_is_its_response_to_the_outputs(host: ComfyHost, sampler: str) -> None:
    if sampler not in host.can:
        return
    run = replace(RUN, sampler=sampler)
    recordings = [GuidedRun(sampling(host, run), seed).record(Elements()) for seed in (1, 2)]
    response = recordings[0].response()
    assert response.shape == (13, 12)
    assert (response[-1] != 0).all()
    for recording in recordings:
        recording.check(response)


@pytest.mark.parametrize("run", [replace(RUN, last_step=8), replace(RUN, first_step=4)])
def test_a_part_of_a_schedule_is_one_too(host: ComfyHost, run: SampleRun) -> None:
    recording = GuidedRun(sampling(host, run), 1).record(Elements())
    recording.check(recording.response())


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (replace(RUN, sampler="heun"), "the sampler heun evaluates the model several times a step"),
        (replace(RUN, steps=3), "3 evaluations are too few: at least 4"),
        (replace(RUN, steps=4), "full_calls must be below the calls of a run (4), got 4"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_first(
    host: ComfyHost, run: SampleRun, message: str
) -> None:
    with pytest.raises(ForecacheError) as caught:
        assert_possible(sampling(host, run), OPTIONS)
    assert str(caught.value).startswith(message)


def test_a_model_whose_x0_is_no_line_of_its_output_is_refused(host: ComfyHost) -> None:
    class Curved:
        def calculate_denoised(self, sigma: Tensor, output: Tensor, x: Tensor) -> Tensor:
            return x / (sigma**2 + 1).reshape(-1, 1, 1, 1) - output * sigma.reshape(-1, 1, 1, 1)

    patcher = host.model("wan")
    guided = sampling(host, patcher=patcher)
    patcher.add_object_patch("model_sampling", Curved())
    with pytest.raises(ForecacheError) as caught:
        assert_possible(guided, OPTIONS)
    assert str(caught.value) == (
        "model must predict velocity (flow matching) or noise, so that x0 is x - sigma * output, "
        "got Curved"
    )


def test_a_stop_leaves_nothing_hooked(host: ComfyHost, solver: Solver) -> None:
    class Stop(Exception):
        """As ComfyUI's: a plain Exception."""

    runs: list[int] = []

    def stops() -> None:
        runs.append(1)
        if len(runs) == 5:
            raise Stop

    patcher = host.model("wan")
    guided = replace(sampling(host, patcher=patcher), made=stops)
    before = {kind: dict(keys) for kind, keys in patcher.wrappers.items()}
    with pytest.raises(Stop):
        calibrate_guided(
            guided,
            OPTIONS,
            solver,
            name="tiny",
            seeds=range(3),
            unseen=range(0),
            warn=pytest.fail,
        )
    assert {kind: dict(keys) for kind, keys in patcher.wrappers.items()} == before
    latent = host.sample(patcher, RUN)
    assert torch.equal(latent, host.sample(host.model("wan"), RUN))
