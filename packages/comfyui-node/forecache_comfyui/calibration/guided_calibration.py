"""What is checked before the first run, and from runs to a preset."""

from __future__ import annotations

import torch
from torch import Tensor

from forecache.calibration.making import MakingOptions, Subject, assert_below, make_preset
from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import PresetIdentity
from forecache.calibration.recording import Recording
from forecache.calibration.rounds import Warn
from forecache.calibration.solver import Solver
from forecache.client.wire import usable_positions
from forecache.errors import ForecacheError
from forecache_comfyui.calibration.guided_run import GuidedRun, GuidedSampling
from forecache_comfyui.calibration.sampler_replay import rows
from forecache_comfyui.sampler_schedule import SamplerSchedule, sampler_name


def assert_possible(sampling: GuidedSampling, options: MakingOptions) -> None:
    """Raises ForecacheError for what no preset can be made of, before anything is computed."""
    listed = tuple(float(sigma) for sigma in sampling.sigmas.tolist())
    schedule = SamplerSchedule(sampler_name(sampling.sampler), listed)
    if schedule.refusal is not None:
        raise ForecacheError(schedule.refusal)
    assert_below(options.full_calls, schedule.calls)
    _assert_straight(sampling)


def _assert_straight(sampling: GuidedSampling) -> None:
    """Outputs are read from x0, which has to be a straight line of them."""
    model_sampling = sampling.guider.model_patcher.get_model_object("model_sampling")
    x, output = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    for sigma in (0.25, 0.75):
        given = torch.tensor([sigma])
        denoised: Tensor = model_sampling.calculate_denoised(given, output, x)
        if not torch.allclose(denoised, x - rows(given, x) * output, atol=1e-5):
            raise ForecacheError(
                "model must predict velocity (flow matching) or noise, so that x0 is "
                f"x - sigma * output, got {type(model_sampling).__name__}"
            )


def calibrate_guided(  # noqa: PLR0913 # each by its own name
    sampling: GuidedSampling,
    options: MakingOptions,
    solver: Solver,
    *,
    name: str,
    seeds: range,
    unseen: range,
    warn: Warn,
) -> Preset:
    """Records the seeds, searches, fits, and measures on the unseen ones. Raises ForecacheError."""
    latent = "x".join(str(side) for side in sampling.latent.shape)
    subject = Subject(
        name=name,
        fitted=[GuidedRun(sampling, seed) for seed in seeds],
        unseen=[GuidedRun(sampling, seed) for seed in unseen],
        identify=lambda recording: _identity(sampling, recording),
        note=f"ComfyUI, latent {latent}",
        warn=warn,
    )
    return make_preset(subject, options, solver)


def _identity(sampling: GuidedSampling, recording: Recording) -> PresetIdentity:
    guider = sampling.guider
    cfg = getattr(guider, "cfg", None)
    return PresetIdentity(
        model=type(guider.model_patcher.model.diffusion_model).__name__,
        sampler=sampler_name(sampling.sampler),
        steps=recording.calls,
        calls=recording.calls,
        timesteps=tuple(usable_positions(recording.timesteps, recording.calls)),
        guidance=None if cfg is None else float(cfg),
    )
