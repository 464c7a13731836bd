"""A ComfyUI that fits into a test: `ComfyHost` without ComfyUI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from base_model import BaseModel
from comfy_host import Guiding, SampleRun
from context_windows import ContextHandler
from flux_network import Flux
from guiders import CFGGuider, DualCFGGuider
from hidream_network import HiDreamImageTransformer2DModel
from hunyuan_network import HunyuanVideo
from other_networks import PairNetwork, Unheard
from patches import EDGE
from prompts import Residuals, prompt
from sd3_network import OpenAISignatureMMDITWrapper
from simulated_easy_cache import add_easy_cache
from simulated_patcher import ModelPatcher
from simulated_samplers import SAMPLERS, sampler_object, schedule_of
from tiny_layers import CHANNELS
from torch import Tensor, nn
from wan_network import WanModel

_NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "flux": Flux,
    "hunyuan-video": HunyuanVideo,
    "wan": WanModel,
    "sd3": OpenAISignatureMMDITWrapper,
    "hidream": HiDreamImageTransformer2DModel,
    "unknown": Unheard,
    "list": PairNetwork,
}

_POSITIVE, _NEGATIVE, _MIDDLE, _OTHER, _PICTURE = 11, 12, 13, 14, 15  # seeds


class InterruptProcessingException(Exception):
    """The stop button. A plain Exception, as in ComfyUI."""


class SimulatedHost:
    """The simulator. A network call that a wrapper answers cannot fail: the next one does."""

    name = "simulator"
    kinds = frozenset(_NETWORKS)
    can = SAMPLERS | {"dual", "areas", "switch_at", "windows", "control", "easycache"}
    interrupted: type[Exception] = InterruptProcessingException

    def model(self, kind: str) -> ModelPatcher:
        """A patcher over a new network. Making it leaves torch's own random numbers alone."""
        with torch.random.fork_rng(devices=[]):
            return ModelPatcher(BaseModel(_NETWORKS[kind]()))

    def sample(self, patcher: ModelPatcher, run: SampleRun) -> Tensor:
        """What a sampler node does."""
        model = patcher.model
        model.has_memory = not run.split
        model.diffusion_model.count.expect_failure(run.fail_at)
        if run.windows:
            patcher = patcher.clone()
            patcher.model_options["context_handler"] = ContextHandler(run.windows)
        with torch.inference_mode():
            asked = self.guiding(patcher, run)
            latent = asked.latent["samples"]
            noise = torch.randn(latent.shape, generator=torch.Generator().manual_seed(run.seed))
            samples = asked.guider.sample(
                noise, latent, asked.sampler, asked.sigmas, callback=_shown(run), seed=run.seed
            )
        return samples.clone()

    def guiding(self, patcher: ModelPatcher, run: SampleRun) -> Guiding:
        """What SamplerCustomAdvanced is given."""
        sigmas = _sigmas(patcher.model, run)
        latent = _latent_image(_latent_shape(patcher.model.diffusion_model, run), run)
        guider = _guider(patcher, run, sigmas)
        return Guiding(guider, sampler_object(run.sampler), sigmas, {"samples": latent})

    def calls(self, patcher: ModelPatcher) -> Mapping[str, int]:
        """Besides blocks and head also `branches`, where those are modules."""
        count = patcher.model.diffusion_model.count
        return {"blocks": count.blocks, "branches": count.branches, "head": count.head}

    def add_easy_cache(self, patcher: ModelPatcher) -> ModelPatcher:
        """A clone that reuses the network's change of its input at every other evaluation."""
        return add_easy_cache(patcher)


def _shown(run: SampleRun) -> Callable[[int, Tensor, Tensor, int], None]:
    def progressed(step: int, _x0: Tensor, _x: Tensor, _steps: int) -> None:
        if run.on_step is not None:
            run.on_step(step + 1)
        if run.interrupt_at == step + 1:
            raise InterruptProcessingException

    return progressed


def _latent_shape(network: Any, run: SampleRun) -> tuple[int, ...]:
    frames = (run.frames,) if network.is_video else ()
    return (run.batch, CHANNELS, *frames, *run.size)


def _latent_image(shape: tuple[int, ...], run: SampleRun) -> Tensor:
    """Empty, or random where the run starts from a picture."""
    if run.denoise >= 1 and not run.first_step:
        return torch.zeros(shape)
    return torch.randn(shape, generator=torch.Generator().manual_seed(_PICTURE))


def _sigmas(model: BaseModel, run: SampleRun) -> Tensor:
    if run.sigmas is not None:
        return torch.tensor(run.sigmas)
    steps = round(run.steps / run.denoise)
    sigmas = schedule_of(run.sampler, steps, model.model_sampling.schedule)[-(run.steps + 1) :]
    last = None if run.last_step is None else run.last_step + 1
    return sigmas[run.first_step or 0 : last]


def _guider(patcher: ModelPatcher, run: SampleRun, sigmas: Tensor) -> CFGGuider:
    wants = patcher.model.diffusion_model.wants
    more = {"control": Residuals(_tokens(patcher, run))} if run.control else {}
    negative = [prompt(_NEGATIVE, run.negative_tokens, wants, **more)]
    positive = _positive(run, wants, sigmas, more)
    if not run.dual:
        guider = CFGGuider(patcher, run.cfg)
        guider.set_conds(positive=positive, negative=negative)
        return guider
    guider = DualCFGGuider(patcher, run.cfg)
    middle = [prompt(_MIDDLE, run.positive_tokens, wants, **more)]
    guider.set_conds(positive=positive, negative=negative, middle=middle)
    return guider


def _positive(
    run: SampleRun, wants: tuple[str, ...], sigmas: Tensor, more: dict[str, Any]
) -> list[dict[str, Any]]:
    """One prompt, or two for two areas or two parts of the schedule."""
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    if run.areas:
        height, width = run.size
        first["area"] = (height // 2, width, 0, 0)
        second["area"] = (height - EDGE, width, EDGE, 0)
    if run.switch_at is not None:
        step = round(run.switch_at * (len(sigmas) - 1))
        between = float(sigmas[step - 1] + sigmas[step]) / 2
        first["timestep_end"] = second["timestep_start"] = between
    conds = [prompt(_POSITIVE, run.positive_tokens, wants, **more, **first)]
    if second:
        conds.append(prompt(_OTHER, run.positive_tokens, wants, **more, **second))
    return conds


def _tokens(patcher: ModelPatcher, run: SampleRun) -> int:
    shape = _latent_shape(patcher.model.diffusion_model, run)
    frames = shape[2] if len(shape) == 5 else 1
    return frames * (run.size[0] // EDGE) * (run.size[1] // EDGE)
