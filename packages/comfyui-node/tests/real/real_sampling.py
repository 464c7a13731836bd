"""Runs ComfyUI's samplers as its sampler nodes do."""

# ruff: noqa: PLC0415 # comfy can be imported after `import_comfy` only

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from comfy_host import Guiding, ModelBroke, SampleRun
from tiny_models import TinyModel
from tiny_network import blocks_of, layer_of
from tiny_prompts import tiny_prompts
from torch import Tensor

_DUAL_CFG = 1.5
"""Guidance between the second and the third prompt."""


def sample(patcher: Any, tiny: TinyModel, run: SampleRun) -> Tensor:
    """The latent of one run."""
    with ExitStack() as for_the_run, torch.inference_mode():
        if run.windows:
            patcher = _with_windows(patcher, run.windows)
        if run.split:
            for_the_run.enter_context(_little_memory(patcher, run.batch))
        if run.fail_at is not None:
            for_the_run.enter_context(_failing(patcher, tiny, run.fail_at))
        asked = guiding(patcher, tiny, run)
        latent = asked.latent["samples"]
        noise = torch.randn(latent.shape, generator=torch.Generator().manual_seed(run.seed))
        output = asked.guider.sample(
            noise,
            latent,
            asked.sampler,
            asked.sigmas,
            callback=_callback(run),
            disable_pbar=True,
            seed=run.seed,
        )
    made: Tensor = output.clone().float().cpu()
    return made


def guiding(patcher: Any, tiny: TinyModel, run: SampleRun) -> Guiding:
    """What SamplerCustomAdvanced is given."""
    import comfy.samplers

    sigmas = run_sigmas(patcher, run)
    latent = _latent(patcher, tiny, run)
    guider = _guider(patcher, tiny, run, sigmas)
    sampler = comfy.samplers.sampler_object(run.sampler)
    return Guiding(guider, sampler, sigmas, {"samples": latent})


def run_sigmas(patcher: Any, run: SampleRun) -> Tensor:
    """The schedule, as KSampler, KSamplerAdvanced and ManualSigmas make it."""
    import comfy.samplers

    if run.sigmas is not None:
        return torch.tensor(run.sigmas, dtype=torch.float32)
    sampler = comfy.samplers.KSampler(
        patcher,
        steps=run.steps,
        device=patcher.load_device,
        sampler=run.sampler,
        scheduler="simple",
        denoise=run.denoise,
    )
    sigmas: Tensor = sampler.sigmas
    if run.last_step is not None and run.last_step < len(sigmas) - 1:
        sigmas = sigmas[: run.last_step + 1]
    return sigmas if run.first_step is None else sigmas[run.first_step :]


def _guider(patcher: Any, tiny: TinyModel, run: SampleRun, sigmas: Tensor) -> Any:
    import comfy.samplers

    prompts = tiny_prompts(patcher, tiny, run, sigmas)
    if prompts.middle is not None:
        extras = importlib.import_module("comfy_extras.nodes_custom_sampler")
        guider = extras.Guider_DualCFG(patcher)
        guider.set_conds(prompts.positive, prompts.middle, prompts.negative)
        guider.set_cfg(run.cfg, _DUAL_CFG)
        return guider
    guider = comfy.samplers.CFGGuider(patcher)
    guider.set_conds(prompts.positive, prompts.negative)
    guider.set_cfg(run.cfg)
    return guider


def _latent(patcher: Any, tiny: TinyModel, run: SampleRun) -> Tensor:
    """Empty, or random where the run starts from a picture."""
    channels = patcher.get_model_object("latent_format").latent_channels
    frames = (tiny.frames or run.frames,) if tiny.is_video else ()
    height, width = (side * tiny.magnified for side in run.size)
    shape = (run.batch, channels, *frames, height, width)
    if run.denoise >= 1 and not run.first_step:
        return torch.zeros(shape)
    return torch.randn(shape, generator=torch.Generator().manual_seed(106))


def _callback(run: SampleRun) -> Callable[[int, Tensor, Tensor, int], None]:
    """What the progress hook of a server does: it is where an interrupt is noticed."""
    import comfy.model_management

    def done(step: int, *_: Any) -> None:
        if run.on_step is not None:
            run.on_step(step + 1)
        if run.interrupt_at == step + 1:
            comfy.model_management.interrupt_current_processing()
        comfy.model_management.throw_exception_if_processing_interrupted()

    return done


def _with_windows(patcher: Any, length: int) -> Any:
    """A clone that sees a few frames at a time."""
    import comfy.context_windows as windows

    clone = patcher.clone()
    clone.model_options["context_handler"] = windows.IndexListContextHandler(
        context_schedule=windows.get_matching_context_schedule(
            windows.ContextSchedules.STATIC_STANDARD
        ),
        fuse_method=windows.get_matching_fuse_method(windows.ContextFuseMethods.PYRAMID),
        context_length=length,
        context_overlap=length // 2,
        dim=2,
    )
    windows.create_prepare_sampling_wrapper(clone)
    return clone


@contextmanager
def _little_memory(patcher: Any, batch: int) -> Iterator[None]:
    """One prompt fits, two do not."""
    model = patcher.model
    required = model.memory_required

    def much(shape: Any, *args: Any, **kwargs: Any) -> float:
        return 1e30 if shape[0] > batch else float(required(shape, *args, **kwargs))

    model.memory_required = much
    try:
        yield
    finally:
        del model.memory_required


@contextmanager
def _failing(patcher: Any, tiny: TinyModel, fail_at: int) -> Iterator[None]:
    """Breaks the first block in this network call of the run; computed ones count, from 0."""
    computed = itertools.count()

    def breaks(*_: Any) -> None:
        call = next(computed)
        if call == fail_at:
            raise ModelBroke(f"the network broke in call {call}")

    first = layer_of(blocks_of(patcher.model.diffusion_model, tiny)[0])
    hook = first.register_forward_pre_hook(breaks)
    try:
        yield
    finally:
        hook.remove()
