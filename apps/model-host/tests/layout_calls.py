"""Calls of tiny transformers of every class, as a host is given them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from tiny_models import TINY_MODELS
from torch import Tensor, nn

from forecache.diffusers.layouts import LAYOUTS
from forecache_host.call_shape import CallShape, GivenTensor
from forecache_host.layout_description import per_sample
from forecache_host.layout_network import LayoutNetwork
from forecache_host.network import CallInput
from forecache_host.tensor_type import type_of

BATCH = 2


@dataclass(frozen=True)
class LayoutCase:
    """A network and the calls that a run makes of it: the input differs, the conditioning stays."""

    model: nn.Module
    network: LayoutNetwork
    arguments: Mapping[str, Any]
    timestep: str
    conditioning: Mapping[str, Tensor]

    def call(self, seed: int, timestep: float) -> CallInput:
        """A call of the network."""
        noise = torch.randn(
            self.arguments["hidden_states"].shape, generator=torch.Generator().manual_seed(seed)
        )
        return CallInput(noise, timestep, self.conditioning)

    def plain(self, call: CallInput) -> Tensor:
        """The model without any of forecache."""
        given = self.arguments[self.timestep]
        row = torch.full_like(given, call.timestep)
        changed = {**self.arguments, "hidden_states": call.image, self.timestep: row}
        with torch.inference_mode():
            output: Tensor = self.model(**changed, return_dict=False)[0]
        return output


def layout_case(class_name: str) -> LayoutCase:
    """The tiny model of a class behind a LayoutNetwork."""
    tiny = TINY_MODELS[class_name]
    model, arguments = tiny.build(), tiny.inputs(seed=3, batch=BATCH)
    timestep = LAYOUTS[class_name].timestep
    flat = dict(_flat(arguments))
    tensors, conditioning = [], {}
    for name, value in flat.items():
        if name in ("hidden_states", timestep) or not isinstance(value, Tensor):
            continue
        is_shared = value.shape[0] != BATCH or name.startswith("indices") or "llama3" in name
        kept = value.unsqueeze(0).expand(BATCH, *value.shape) if is_shared else value
        tensors.append(GivenTensor(name, per_sample(kept), shared=is_shared))
        conditioning[name] = kept
    lists = {name: v for name, v in flat.items() if isinstance(v, list) and len(v) == BATCH}
    plain = {name: v for name, v in flat.items() if not isinstance(v, Tensor) and name not in lists}
    shape = CallShape(
        input=GivenTensor("hidden_states", per_sample(flat["hidden_states"])),
        tensors=tuple(tensors),
        timestep_dtype=type_of(flat[timestep]).torch_dtype,
        per_sample={name: value[0] for name, value in lists.items()},
        arguments=plain,
    )
    return LayoutCase(
        model, LayoutNetwork(model, class_name, shape), arguments, timestep, conditioning
    )


def _flat(arguments: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
