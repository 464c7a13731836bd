"""A Diffusers pipeline around a tiny transformer: no hub, no text encoder, prompt embeddings given.

A builder takes a number of steps and returns the pipeline and the arguments of one call of it,
which `generate` runs. Pipelines that can stop at latents do, and have a VAE only to encode.
"""

from __future__ import annotations

from typing import Any

import diffusers
import torch
from tiny_model import Noise
from torch import Tensor

Call = dict[str, Any]
"""Keyword arguments of one call of a pipeline."""


def generate(pipe: Any, call: Call) -> Tensor:
    """One call of the pipeline with seeded noise: its output as a tensor, of several the last."""
    torch.manual_seed(0)
    made = pipe(**call, return_dict=False)[0]
    return torch.as_tensor(made[-1] if isinstance(made, list) else made)


def quiet(pipe: Any) -> Any:
    """The pipeline without its progress bar."""
    pipe.set_progress_bar_config(disable=True)
    return pipe


def without_encoders(name: str, **components: Any) -> Any:
    """The pipeline with None for every component that is not given."""
    kind = getattr(diffusers, name)
    wanted = kind._get_signature_keys(kind)[0]
    return quiet(kind(**(dict.fromkeys(wanted) | components)))


def flow_match() -> Any:
    """The scheduler of rectified-flow models, as it comes."""
    return diffusers.FlowMatchEulerDiscreteScheduler()


def latent_call(steps: int, noise: Noise, *latents: int, **arguments: Any) -> Call:
    """A call that starts from drawn latents and returns latents."""
    return {
        "num_inference_steps": steps,
        "latents": noise(*latents),
        "output_type": "latent",
        **arguments,
    }
