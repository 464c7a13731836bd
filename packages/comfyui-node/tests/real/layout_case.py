"""A network of one of ComfyUI's classes, built directly and tiny, and a call of it."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from forecache.plan import Granularity

Inputs = dict[str, Any]

BLOCK = (Granularity.HIDDEN, Granularity.BLOCK, Granularity.RESIDUAL)

WEIGHT_SEED, INPUT_SEED = 11, 5
ROWS = 2


@dataclass(frozen=True)
class LayoutCase:
    """One class and one kind of call.

    path: `module:Class`. shape: of the latents of one sample. inputs: the other arguments, anew at
        every call. offered: granularities at which such a call can be forecast; at `residual`,
        `block` and `module` all others are refused.
    needs: options without which the case is another one.
    rows: samples of a call; some calls of ComfyUI's own work for one only.
    """

    path: str
    config: Mapping[str, Any]
    shape: tuple[int, ...]
    inputs: Callable[[], Inputs]
    offered: tuple[Granularity, ...] = BLOCK
    rows: int = ROWS
    needs: tuple[str, ...] = ()

    def network_class(self) -> type[nn.Module] | None:
        """None where this ComfyUI does not have the class."""
        module, name = self.path.split(":")
        try:
            found: type[nn.Module] | None = getattr(importlib.import_module(module), name, None)
        except ModuleNotFoundError:
            return None
        return found

    def build(self) -> nn.Module:
        """A network with random weights, the same every time."""
        import comfy.ops  # noqa: PLC0415 -- after `import_comfy` only

        made = self.network_class()
        assert made is not None
        with torch.inference_mode(mode=False):
            network = _made(made, self, operations=comfy.ops.disable_weight_init)
            _fill(network.eval())
        return network

    def call(self) -> Inputs:
        """The arguments of a call by name."""
        torch.manual_seed(INPUT_SEED)
        inputs = {"x": torch.randn(ROWS, *self.shape), **self.inputs()}
        return {
            **{name: self._rows_of(value) for name, value in inputs.items()},
            "transformer_options": {},
        }

    def _rows_of(self, value: Any) -> Any:
        return value[: self.rows] if isinstance(value, Tensor) else value


class OptionMissingError(Exception):
    """This ComfyUI's class lacks an option that the case is about."""


def _made(made: type[nn.Module], case: LayoutCase, **operations: Any) -> nn.Module:
    """Without the options that came to the class later, which all are off."""
    config = dict(case.config)
    while True:
        try:
            return made(**config, **operations)
        except TypeError as error:
            found = re.search(r"unexpected keyword argument '(\w+)'", str(error))
            if found is None or found[1] not in config:
                raise
            if found[1] in case.needs:
                raise OptionMissingError(f"{case.path} has no {found[1]} here") from error
            del config[found[1]]


def _fill(network: nn.Module) -> None:
    generator = torch.Generator().manual_seed(WEIGHT_SEED)

    def noise(like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=generator)

    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.ndim >= 2:
                parameter.copy_(noise(parameter) / math.sqrt(math.prod(parameter.shape[1:])))
            else:
                is_scale = name.endswith((".scale", ".weight"))
                parameter.copy_(float(is_scale) + 0.2 * noise(parameter))
        for name, buffer in network.named_buffers():
            if name.endswith("pos_embed"):
                buffer.copy_(noise(buffer))
