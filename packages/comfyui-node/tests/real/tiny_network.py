"""Builds tiny models of ComfyUI's classes, with weights that are the same every time."""

# ruff: noqa: PLC0415 # comfy can be imported after `import_comfy` only

from __future__ import annotations

import importlib
import inspect
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import torch
from tiny_models import TINY_MODELS, TinyModel
from torch import Tensor, nn

WEIGHT_SEED = 7

GAIN = 0.5
"""Of a layer of random weights: below 1, so that features vary slowly with the noise."""


_COUNTS = "tiny_counts"


def kinds_here() -> frozenset[str]:
    """Kinds whose class this ComfyUI has."""
    import comfy.supported_models

    return frozenset(
        kind for kind, tiny in TINY_MODELS.items() if hasattr(comfy.supported_models, tiny.config)
    )


def build_patcher(kind: str) -> Any:
    """A `ModelPatcher` over a fresh network, counted by `counts`."""
    import comfy.model_management
    import comfy.model_patcher
    import comfy.supported_models

    tiny = TINY_MODELS[kind]
    config = getattr(comfy.supported_models, tiny.config)(_accepted(tiny))
    config.set_inference_dtype(torch.float32, None)
    with torch.inference_mode(mode=False):
        model = config.get_model({}, "", device=torch.device("cpu"))
        _fill(model.diffusion_model)
    network = model.diffusion_model
    if tiny.class_name is not None:
        network.__class__ = type(tiny.class_name, (type(network),), {})
    _count(network, tiny)
    device = comfy.model_management.get_torch_device()
    patcher = comfy.model_patcher.ModelPatcher(
        model, load_device=device, offload_device=torch.device("cpu")
    )
    patcher.model.tiny_kind = kind
    return patcher


def counts(patcher: Any) -> Mapping[str, int]:
    """How often parts of the network ran: `blocks`, one by one, and `head`."""
    counted: Counter[str] = vars(patcher.model.diffusion_model)[_COUNTS]
    return {"blocks": counted["blocks"], "head": counted["head"]}


def blocks_of(network: nn.Module, tiny: TinyModel) -> list[nn.Module]:
    """The blocks of all stages, in order."""
    return [block for path in tiny.blocks for block in network.get_submodule(path).children()]


def _accepted(tiny: TinyModel) -> dict[str, Any]:
    """The options that this version's class knows: newer ones have more."""
    if tiny.options is None:
        return dict(tiny.unet)
    module, _, name = tiny.options.partition(":")
    known = inspect.signature(getattr(importlib.import_module(module), name)).parameters
    return {
        name: value for name, value in tiny.unet.items() if name in known or name == "image_model"
    }


def _fill(network: nn.Module) -> None:
    """Weights by seed: matrices and tables random, scales of norms one, biases zero."""
    generator = torch.Generator().manual_seed(WEIGHT_SEED)
    with torch.no_grad():
        for name, parameter in (*network.named_parameters(), *_unfilled(network)):
            if parameter.ndim >= 2:
                fan_in = math.prod(parameter.shape[1:])
                noise = torch.randn(parameter.shape, generator=generator)
                parameter.copy_(noise * (GAIN / math.sqrt(fan_in)))
            else:
                parameter.fill_(0.0 if name.endswith("bias") else 1.0)


def _unfilled(network: nn.Module) -> list[tuple[str, Tensor]]:
    """Buffers that a checkpoint would fill."""
    return [(name, buffer) for name, buffer in network.named_buffers() if name == "pos_embed"]


def _count(network: nn.Module, tiny: TinyModel) -> None:
    """Counts calls of a layer inside each block: a block whose `forward` is replaced runs none."""
    counted: Counter[str] = Counter()
    vars(network)[_COUNTS] = counted

    def counter(part: str) -> Any:
        def count(*_: Any) -> None:
            counted[part] += 1

        return count

    for block in blocks_of(network, tiny):
        layer_of(block).register_forward_hook(counter("blocks"))
    network.get_submodule(tiny.head).register_forward_hook(counter("head"))


def layer_of(block: nn.Module) -> nn.Module:
    """A layer that runs exactly when the block does: of its attention where that is a module."""
    linear = {
        name: module for name, module in block.named_modules() if isinstance(module, nn.Linear)
    }
    attention = [module for name, module in linear.items() if "attn" in name or "attention" in name]
    return (attention or list(linear.values()))[0]
