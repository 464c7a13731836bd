"""Guiders: from a sampler's question for x0 to the prompts that answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from cond_batch import Conds, calc_cond_batch
from prompts import with_uuids
from simulated_patcher import ModelPatcher
from torch import Tensor
from wrapper_executor import WrapperExecutor, WrappersMP, copied, merged, wrappers_in

Callback = Callable[[int, Tensor, Tensor, int], None]
"""`(step, x0, x, steps)`, after a step's last evaluation."""


class CFGGuider:
    """A positive and a negative prompt; at `cfg` 1 the negative one is not asked."""

    def __init__(self, patcher: ModelPatcher, cfg: float = 1.0) -> None:
        self.model_patcher, self.cfg = patcher, cfg
        self.model_options = patcher.model_options
        self.original_conds: dict[str, list[dict[str, Any]]] = {}
        self.conds: dict[str, list[dict[str, Any]]] = {}
        self.inner_model: Any = None

    def set_conds(self, **conds: list[dict[str, Any]]) -> None:
        """`positive`, `negative`, and `middle` for two of guidance."""
        self.original_conds = {name: with_uuids(listed) for name, listed in conds.items()}

    def sample(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        noise: Tensor,
        latent_image: Tensor,
        sampler: Any,
        sigmas: Tensor,
        denoise_mask: Tensor | None = None,
        callback: Callback | None = None,
        disable_pbar: bool = False,
        seed: int | None = None,
    ) -> Tensor:
        """A run. What it puts into the options is gone afterwards."""
        before = self.model_options
        self.conds = {name: list(conds) for name, conds in self.original_conds.items()}
        self.model_options = copied(before)
        options = self.model_options.setdefault("transformer_options", {})
        options["wrappers"] = merged(options.get("wrappers", {}), self.model_patcher.wrappers)
        wrappers = wrappers_in(options, WrappersMP.OUTER_SAMPLE)
        executor = WrapperExecutor(self.outer_sample, self, wrappers)
        try:
            samples: Tensor = executor.execute(
                noise,
                latent_image,
                sampler,
                sigmas,
                denoise_mask,
                callback,
                disable_pbar,
                seed,
                latent_shapes=[latent_image.shape],
            )
        finally:
            self.model_options = before
        return samples

    def outer_sample(  # noqa: PLR0913, PLR0917 # as ComfyUI has it
        self,
        noise: Tensor,
        latent_image: Tensor,
        sampler: Any,
        sigmas: Tensor,
        denoise_mask: Tensor | None = None,
        callback: Callback | None = None,
        disable_pbar: bool = False,
        seed: int | None = None,
        latent_shapes: Any = None,
    ) -> Tensor:
        """Loads the model, samples, and cleans up, whatever happens."""
        self.inner_model = self.model_patcher.model
        device = self.model_patcher.load_device
        try:
            self.model_patcher.pre_run()
            return self._inner_sample(
                noise.to(device),
                latent_image.to(device),
                sampler,
                sigmas.to(device),
                (denoise_mask, callback, disable_pbar, seed),
            )
        finally:
            self.model_patcher.cleanup()
            self.inner_model = None

    def _inner_sample(
        self, noise: Tensor, latent_image: Tensor, sampler: Any, sigmas: Tensor, rest: Any
    ) -> Tensor:
        denoise_mask, callback, disable_pbar, seed = rest
        model_options = copied(self.model_options)
        options = model_options["transformer_options"]
        options["sample_sigmas"] = sigmas
        extra_args = {"model_options": model_options, "seed": seed}
        wrappers = wrappers_in(options, WrappersMP.SAMPLER_SAMPLE)
        executor = WrapperExecutor(sampler.sample, sampler, wrappers)
        samples: Tensor = executor.execute(
            self,
            sigmas,
            extra_args,
            callback,
            noise,
            latent_image,
            denoise_mask,
            disable_pbar,
        )
        return samples.to(torch.float32)

    def __call__(
        self, x: Tensor, timestep: Tensor, model_options: Any, seed: int | None = None
    ) -> Tensor:
        """One evaluation: x0 after guidance. `timestep` is sigma, one a row."""
        wrappers = wrappers_in(self.model_options["transformer_options"], WrappersMP.PREDICT_NOISE)
        executor = WrapperExecutor(self.predict_noise, self, wrappers)
        x0: Tensor = executor.execute(x, timestep, model_options, seed)
        return x0

    def predict_noise(
        self, x: Tensor, timestep: Tensor, model_options: Any, seed: int | None = None
    ) -> Tensor:
        """Classifier-free guidance."""
        negative = None if self.cfg == 1.0 else self.conds["negative"]
        conds: Conds = [self.conds["positive"], negative]
        cond, uncond = calc_cond_batch(self.inner_model, conds, x, timestep, model_options)
        return cond if negative is None else uncond + (cond - uncond) * self.cfg


class DualCFGGuider(CFGGuider):
    """Two guidances, three prompts."""

    def predict_noise(
        self, x: Tensor, timestep: Tensor, model_options: Any, seed: int | None = None
    ) -> Tensor:
        """From the negative prompt to the middle one and from there to the positive one."""
        conds: Conds = [self.conds[name] for name in ("negative", "middle", "positive")]
        parts = calc_cond_batch(self.inner_model, conds, x, timestep, model_options)
        negative, middle, positive = parts
        return negative + (middle - negative) * self.cfg + (positive - middle) * 0.5
