"""Prompts of a run: what ComfyUI's conditioning is when it reaches the sampler."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from tiny_layers import POOLED_WIDTH, TEXT_WIDTH, WIDTH
from torch import Tensor

Area = tuple[int, int, int, int]
"""Height, width, top and left in latent pixels."""


class Entry(NamedTuple):
    """What one prompt asks of the network at one evaluation."""

    x: Tensor
    inputs: dict[str, Tensor]
    prompt: uuid.UUID
    area: Area | None
    control: Any


@dataclass
class Residuals:
    """A ControlNet that adds the same to every call."""

    tokens: int

    def get_control(
        self, x: Tensor, t: Tensor, cond: Any, batched_number: int, options: Any
    ) -> dict[str, list[Tensor]]:
        """Residuals for the first block of each stack."""
        generator = torch.Generator().manual_seed(90)
        add = 0.2 * torch.randn(1, self.tokens, WIDTH, generator=generator)
        return {"input": [add], "output": [add]}


def prompt(seed: int, tokens: int, wants: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """A condition. wants: the network's inputs besides the text.

    more: `area`, `timestep_start`, `timestep_end` (sigmas), `control`.
    """
    generator = torch.Generator().manual_seed(seed)
    every = {
        "c_crossattn": torch.randn(1, tokens, TEXT_WIDTH, generator=generator),
        "y": torch.randn(1, POOLED_WIDTH, generator=generator),
        "guidance": torch.tensor([3.5]),
        "encoder_hidden_states_llama3": torch.randn(1, 4, 3, TEXT_WIDTH, generator=generator),
    }
    return {"model_conds": {name: every[name] for name in ("c_crossattn", *wants)}, **more}


def with_uuids(conds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conditions of one guider: every run's prompts have uuids of their own."""
    return [{**cond, "uuid": uuid.uuid4()} for cond in conds]


def entry(cond: dict[str, Any], x: Tensor, sigma: Tensor) -> Entry | None:
    """What a condition asks for; None outside of its timestep range."""
    now = float(sigma[0])
    if now > cond.get("timestep_start", now) or now < cond.get("timestep_end", now):
        return None
    area = cond.get("area")
    part = x if area is None else cut(x, area)
    rows = x.shape[0]
    inputs = {
        name: value.expand(rows, *value.shape[1:]) for name, value in cond["model_conds"].items()
    }
    return Entry(part, inputs, cond["uuid"], area, cond.get("control"))


def can_share(entry: Entry, other: Entry) -> bool:
    """Whether two prompts fit into one batch."""
    return (
        entry.x.shape == other.x.shape
        and entry.control is other.control
        and _shapes(entry) == _shapes(other)
    )


def cut(x: Tensor, area: Area) -> Tensor:
    """A view of the part of a latent that an area covers."""
    height, width, top, left = area
    return x[..., top : top + height, left : left + width]


def _shapes(entry: Entry) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in entry.inputs.items()}
