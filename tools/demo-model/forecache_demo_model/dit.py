"""A small class-conditional diffusion transformer, written from Peebles & Xie 2023 (DiT).

Conditioning is adaLN-zero. The network predicts the rectified-flow velocity v = noise - image at
x_t = (1 - t) image + t noise. Its forward pass is written as the segments that the ONNX export cuts
it into: `embed`, `modulation`, one `attention` and one `mlp` branch a block (output after
projection, before the gate), and `head`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CLASS_COUNT = 10
NULL_CLASS = CLASS_COUNT
"""Class index of the unconditional branch of classifier-free guidance."""


@dataclass(frozen=True)
class DiTConfig:
    """Sizes of the network.

    width: channels of a token. depth: blocks. heads: attention heads. patch: patch edge in pixels.
    image_size: image edge in pixels. frequency_size: sinusoidal features of the timestep.
    """

    width: int = 96
    depth: int = 8
    heads: int = 3
    patch: int = 4
    image_size: int = 28
    frequency_size: int = 128

    @property
    def tokens(self) -> int:
        return (self.image_size // self.patch) ** 2

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


CONFIGS = {
    "demo": DiTConfig(),
    "tiny": DiTConfig(width=32, depth=2, heads=2, frequency_size=32),
}


class Embed(nn.Module):
    """(x [B, 1, S, S], t [B], y [B]) -> tokens [B, T, W], conditioning [B, W]."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        self.patch = nn.Linear(config.patch**2, config.width)
        self.register_buffer("position", sincos_positions(config))
        half = config.frequency_size // 2
        frequencies = torch.exp(-math.log(10_000.0) * torch.arange(half) / half)
        self.register_buffer("frequencies", frequencies)
        self.time = nn.Sequential(
            nn.Linear(config.frequency_size, config.width),
            nn.SiLU(),
            nn.Linear(config.width, config.width),
        )
        self.label = nn.Embedding(CLASS_COUNT + 1, config.width)

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        tokens = self.patch(patchify(x, self.config)) + self.position
        angles = (1000.0 * t)[:, None] * self.frequencies[None]
        conditioning = self.time(torch.cat([angles.cos(), angles.sin()], dim=1)) + self.label(y)
        return tokens, conditioning


class Modulation(nn.Module):
    """conditioning [B, W] -> shifts, scales and gates of every block and of the head.

    Output [B, depth * 6 + 2, W]; rows of a block: attention shift, scale, gate, mlp shift, scale,
    gate; the last two rows: head shift, scale. One matrix product a call.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.rows = config.depth * 6 + 2
        self.project = nn.Linear(config.width, self.rows * config.width)

    def forward(self, conditioning: Tensor) -> Tensor:
        return self.project(F.silu(conditioning)).unflatten(1, (self.rows, -1))


class Attention(nn.Module):
    """(hidden [B, T, W], shift [B, W], scale [B, W]) -> branch [B, T, W], before its gate."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.project = nn.Linear(config.width, config.width)

    def forward(self, hidden: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        query, key, value = self._heads(hidden, shift, scale)
        mixed = F.scaled_dot_product_attention(query, key, value)
        return self.project(mixed.transpose(1, 2).flatten(2))

    def by_token(
        self, hidden: Tensor, chosen: Tensor, shift: Tensor, scale: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Branch of the chosen tokens, and what tokens are chosen by.

        chosen: [B, K], row b * T + t of a token whose query is computed; keys and values are those
        of all tokens. Branch [B, K, W]; influence [B, T], the attention that a token receives, mean
        over heads and queries, so a measure of all tokens only when all are chosen; value norm
        [B, T], the mean over heads of the L2 norm.
        """
        query, key, value = self._heads(hidden, shift, scale)
        query = query.transpose(1, 2).flatten(0, 1)[chosen.long()].transpose(1, 2)
        weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(query.shape[3]), dim=3)
        branch = self.project((weights @ value).transpose(1, 2).flatten(2))
        return branch, weights.mean(dim=(1, 2)), value.norm(dim=3).mean(dim=1)

    def _heads(self, hidden: Tensor, shift: Tensor, scale: Tensor) -> tuple[Tensor, ...]:
        """Query, key and value, each [B, heads, T, W / heads]."""
        qkv = self.qkv(modulate(hidden, shift, scale)).unflatten(2, (3, self.heads, -1))
        return qkv.permute(2, 0, 3, 1, 4).unbind(0)


class Mlp(nn.Module):
    """(hidden [B, T, W], shift [B, W], scale [B, W]) -> branch [B, T, W], before its gate."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.expand = nn.Linear(config.width, 4 * config.width)
        self.project = nn.Linear(4 * config.width, config.width)

    def forward(self, hidden: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        inner = self.expand(modulate(hidden, shift, scale))
        return self.project(F.gelu(inner, approximate="tanh"))


class Head(nn.Module):
    """(hidden [B, T, W], shift [B, W], scale [B, W]) -> velocity [B, 1, S, S]."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        self.project = nn.Linear(config.width, config.patch**2)

    def forward(self, hidden: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        return unpatchify(self.project(modulate(hidden, shift, scale)), self.config)


class DiT(nn.Module):
    """The whole network; `forward` is the composition of the segments."""

    def __init__(self, config: DiTConfig, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.embed = Embed(config)
        self.modulation = Modulation(config)
        self.attention = nn.ModuleList(Attention(config) for _ in range(config.depth))
        self.mlp = nn.ModuleList(Mlp(config) for _ in range(config.depth))
        self.head = Head(config)
        self._initialise(seed)

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
        hidden, conditioning = self.embed(x, t, y)
        rows = self.modulation(conditioning)
        for block, (attention, mlp) in enumerate(zip(self.attention, self.mlp, strict=True)):
            of_block = rows[:, 6 * block : 6 * block + 6].unbind(1)
            shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = of_block
            hidden = hidden + gate_a[:, None] * attention(hidden, shift_a, scale_a)
            hidden = hidden + gate_m[:, None] * mlp(hidden, shift_m, scale_m)
        return self.head(hidden, rows[:, -2], rows[:, -1])

    def segments(self) -> dict[str, nn.Module]:
        """The modules that `forward` composes, in call order, by the names of their files."""
        named: dict[str, nn.Module] = {"embed": self.embed, "modulation": self.modulation}
        for block, (attention, mlp) in enumerate(zip(self.attention, self.mlp, strict=True)):
            named[f"attention-{block:02}"] = attention
            named[f"mlp-{block:02}"] = mlp
        return named | {"head": self.head}

    def _initialise(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                bound = math.sqrt(6.0 / (module.in_features + module.out_features))
                nn.init.uniform_(module.weight, -bound, bound, generator=generator)
                nn.init.zeros_(module.bias)
            if isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.02, generator=generator)
        for zero in (self.modulation.project, self.head.project):
            nn.init.zeros_(zero.weight)
            nn.init.zeros_(zero.bias)


def modulate(hidden: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """adaLN: layer norm without affine parameters, then (1 + scale) * h + shift."""
    normal = F.layer_norm(hidden, (hidden.shape[-1],), eps=1e-6)
    return normal * (1.0 + scale[:, None]) + shift[:, None]


def patchify(x: Tensor, config: DiTConfig) -> Tensor:
    """[B, 1, S, S] -> [B, T, patch * patch], tokens in row-major order."""
    p, grid = config.patch, config.image_size // config.patch
    return x.reshape(-1, grid, p, grid, p).permute(0, 1, 3, 2, 4).reshape(-1, grid * grid, p * p)


def unpatchify(patches: Tensor, config: DiTConfig) -> Tensor:
    """[B, T, patch * patch] -> [B, 1, S, S]; the inverse of `patchify`."""
    p, grid = config.patch, config.image_size // config.patch
    rows = patches.reshape(-1, grid, grid, p, p).permute(0, 1, 3, 2, 4)
    return rows.reshape(-1, 1, config.image_size, config.image_size)


def sincos_positions(config: DiTConfig) -> Tensor:
    """Fixed 2-D sine-cosine positions, [T, W]: half the channels for rows, half for columns."""
    grid = torch.arange(config.image_size // config.patch, dtype=torch.float32)
    quarter = config.width // 4
    frequencies = torch.exp(-math.log(10_000.0) * torch.arange(quarter) / quarter)
    angles = grid[:, None] * frequencies[None]
    axis = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows = axis[:, None].expand(-1, len(grid), -1)
    columns = axis[None].expand(len(grid), -1, -1)
    return torch.cat([rows, columns], dim=2).reshape(len(grid) ** 2, config.width)
