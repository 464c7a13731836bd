"""Seeded inputs of each network family, in the form of its pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

SEED = 1
GUIDANCE = 4.0


def _noise(*shape: int, device: torch.device, dtype: torch.dtype, seed: int = SEED) -> Tensor:
    """Standard normal numbers, the same on every device."""
    generator = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(shape, generator=generator).to(device, dtype)


@dataclass
class ClassConditionalInputs:
    """DiT: one image, its class and the null class as two rows of one call."""

    side: int
    device: torch.device
    dtype: torch.dtype
    class_labels: Tensor = field(init=False)

    def __post_init__(self) -> None:
        # One tensor for the whole run, as in DiTPipeline: hooks may look at its identity.
        self.class_labels = torch.tensor([207, 1000], device=self.device)

    def first(self) -> Tensor:
        return _noise(1, 4, self.side, self.side, device=self.device, dtype=self.dtype)

    def arguments(self, latents: Tensor, timestep: Tensor) -> dict[str, Any]:
        return {
            "hidden_states": torch.cat([latents, latents]),
            "timestep": timestep.expand(2),
            "class_labels": self.class_labels,
        }

    def velocity(self, output: Tensor) -> Tensor:
        conditional, null = output[:, :4].chunk(2)
        return null + GUIDANCE * (conditional - null)


@dataclass
class ImageTokenInputs:
    """FLUX: packed image tokens, a prompt, guidance as a number."""

    config: Any
    side: int
    text: int
    device: torch.device
    dtype: torch.dtype
    fixed: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        place: dict[str, Any] = {"device": self.device, "dtype": self.dtype}
        rows = torch.arange(self.side, device=self.device).repeat_interleave(self.side)
        columns = torch.arange(self.side, device=self.device).repeat(self.side)
        image_ids = torch.stack([torch.zeros_like(rows), rows, columns], dim=1).to(self.dtype)
        self.fixed = {
            "encoder_hidden_states": _noise(
                1, self.text, self.config.joint_attention_dim, seed=SEED + 1, **place
            ),
            "pooled_projections": _noise(
                1, self.config.pooled_projection_dim, seed=SEED + 2, **place
            ),
            "img_ids": image_ids,
            "txt_ids": torch.zeros(self.text, 3, **place),
            "guidance": torch.tensor([3.5], **place) if self.config.guidance_embeds else None,
        }

    def first(self) -> Tensor:
        tokens = self.side * self.side
        return _noise(1, tokens, self.config.in_channels, device=self.device, dtype=self.dtype)

    def arguments(self, latents: Tensor, timestep: Tensor) -> dict[str, Any]:
        scaled = timestep.expand(1).to(self.dtype) / 1000
        return {"hidden_states": latents, "timestep": scaled, **self.fixed}

    def velocity(self, output: Tensor) -> Tensor:
        return output


@dataclass
class VideoInputs:
    """HunyuanVideo: latents of a video, a prompt, guidance as a number."""

    config: Any
    size: tuple[int, int, int]
    text: int
    device: torch.device
    dtype: torch.dtype
    fixed: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        place: dict[str, Any] = {"device": self.device, "dtype": self.dtype}
        self.fixed = {
            "encoder_hidden_states": _noise(
                1, self.text, self.config.text_embed_dim, seed=SEED + 1, **place
            ),
            "encoder_attention_mask": torch.ones(1, self.text, **place),
            "pooled_projections": _noise(
                1, self.config.pooled_projection_dim, seed=SEED + 2, **place
            ),
            "guidance": torch.tensor([6000.0], **place) if self.config.guidance_embeds else None,
        }

    def first(self) -> Tensor:
        return _noise(1, self.config.in_channels, *self.size, device=self.device, dtype=self.dtype)

    def arguments(self, latents: Tensor, timestep: Tensor) -> dict[str, Any]:
        scaled = timestep.expand(1).to(self.dtype)
        return {"hidden_states": latents, "timestep": scaled, **self.fixed}

    def velocity(self, output: Tensor) -> Tensor:
        return output
