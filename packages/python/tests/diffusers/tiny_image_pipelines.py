"""Pipelines of the image models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import diffusers
from tiny_image_models import DIT, FLUX, HIDREAM, PIXART, QWEN_IMAGE, STABLE_DIFFUSION_3
from tiny_model import Noise, padded_mask, randomise
from tiny_pipeline import Call, flow_match, latent_call, quiet, without_encoders


def _image_autoencoder(channels: int) -> Any:
    return diffusers.AutoencoderKL(
        sample_size=32,
        block_out_channels=(4,),
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=1,
        shift_factor=0.1,
        use_quant_conv=False,
        use_post_quant_conv=False,
    ).eval()


def dit_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Guidance batched in one call; DDIM; no latents in or out."""
    # The pipeline's class for "no class" is 1000, whatever the model has.
    transformer = diffusers.DiTTransformer2DModel(**{**DIT.config, "num_embeds_ada_norm": 1000})
    randomise(transformer, 0)
    pipe = quiet(
        diffusers.DiTPipeline(transformer.eval(), _image_autoencoder(4), diffusers.DDIMScheduler())
    )
    call = {"class_labels": [3, 7], "num_inference_steps": steps, "output_type": "np"}
    return pipe, call


def _flux_prompt(noise: Noise) -> Call:
    return {
        "prompt_embeds": noise(1, 12, 32),
        "pooled_prompt_embeds": noise(1, 32),
        "height": 64,
        "width": 64,
    }


def flux_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """One call a step: guidance is an input of the network."""
    noise = Noise(1)
    pipe = without_encoders("FluxPipeline", transformer=FLUX.build(), scheduler=flow_match())
    return pipe, latent_call(steps, noise, 1, 16, 4, **_flux_prompt(noise))


def flux_guided_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """True guidance: two calls a step, in the cache contexts `cond` and `uncond`."""
    noise = Noise(2)
    pipe, call = flux_pipeline(steps)
    guidance = {
        "true_cfg_scale": 3.0,
        "negative_prompt_embeds": noise(1, 12, 32),
        "negative_pooled_prompt_embeds": noise(1, 32),
    }
    return pipe, call | guidance


def flux_image_to_image_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Half the strength: about half of the steps, from the middle of the list of timesteps."""
    noise = Noise(3)
    pipe = without_encoders(
        "FluxImg2ImgPipeline",
        transformer=FLUX.build(),
        scheduler=flow_match(),
        vae=_image_autoencoder(1),
    )
    call = {
        **_flux_prompt(noise),
        "height": 8,
        "width": 8,
        "image": noise(1, 3, 8, 8).sigmoid(),
        "strength": 0.5,
        "num_inference_steps": steps,
        "output_type": "latent",
    }
    return pipe, call


def stable_diffusion_3_pipeline(steps: int = 6, *, scheduler: Any = None) -> tuple[Any, Call]:
    """Guidance batched in one call; no cache context."""
    noise = Noise(4)
    pipe = without_encoders(
        "StableDiffusion3Pipeline",
        transformer=STABLE_DIFFUSION_3.build(),
        scheduler=scheduler or flow_match(),
    )
    prompt = {
        "prompt_embeds": noise(1, 10, 32),
        "negative_prompt_embeds": noise(1, 10, 32),
        "pooled_prompt_embeds": noise(1, 64),
        "negative_pooled_prompt_embeds": noise(1, 64),
        "height": 64,
        "width": 64,
    }
    return pipe, latent_call(steps, noise, 1, 4, 8, 8, **prompt)


def stable_diffusion_3_heun_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Two calls a step but for the last: 2 * steps - 1 calls."""
    return stable_diffusion_3_pipeline(steps, scheduler=diffusers.FlowMatchHeunDiscreteScheduler())


def pixart_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """Guidance batched in one call; DPM-Solver++ (2M)."""
    noise = Noise(5)
    # The pipeline gives sizes to the published network of 128 latents a side alone.
    model = replace(PIXART, config={**PIXART.config, "use_additional_conditions": False})
    pipe = without_encoders(
        "PixArtAlphaPipeline",
        transformer=model.build(),
        scheduler=diffusers.DPMSolverMultistepScheduler(),
    )
    prompt = {
        "prompt_embeds": noise(1, 7, 8),
        "prompt_attention_mask": padded_mask(1, 7),
        "negative_prompt": None,
        "negative_prompt_embeds": noise(1, 7, 8),
        "negative_prompt_attention_mask": padded_mask(1, 7),
        "use_resolution_binning": False,
        "height": 64,
        "width": 64,
    }
    return pipe, latent_call(steps, noise, 1, 4, 8, 8, **prompt)


def qwen_image_pipeline(steps: int = 6) -> tuple[Any, Call]:
    """True guidance: two calls a step, in cache contexts."""
    noise = Noise(6)
    pipe = without_encoders(
        "QwenImagePipeline", transformer=QWEN_IMAGE.build(), scheduler=flow_match()
    )
    prompt = {
        "prompt_embeds": noise(1, 7, 16),
        "prompt_embeds_mask": padded_mask(1, 7),
        "negative_prompt_embeds": noise(1, 5, 16),
        "negative_prompt_embeds_mask": padded_mask(1, 5),
        "true_cfg_scale": 3.0,
        "height": 64,
        "width": 64,
    }
    return pipe, latent_call(steps, noise, 1, 16, 16, **prompt)


def hidream_pipeline(steps: int = 3) -> tuple[Any, Call]:
    """Guidance batched in one call; no cache context."""
    noise = Noise(7)
    pipe = without_encoders(
        "HiDreamImagePipeline", transformer=HIDREAM.build(), scheduler=flow_match()
    )
    # The pipeline scales every picture to this many latents a side; its own 128 take long.
    pipe.default_sample_size = 8
    prompt = {
        "prompt_embeds_t5": noise(1, 8, 8),
        "prompt_embeds_llama3": noise(2, 1, 8, 4),
        "negative_prompt_embeds_t5": noise(1, 8, 8),
        "negative_prompt_embeds_llama3": noise(2, 1, 8, 4),
        "pooled_prompt_embeds": noise(1, 8),
        "negative_pooled_prompt_embeds": noise(1, 8),
        "height": 64,
        "width": 64,
    }
    return pipe, latent_call(steps, noise, 1, 4, 8, 8, **prompt)
