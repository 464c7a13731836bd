"""What the tiny networks are made of: 32 wide, seeded, and slow in sigma so that forecasts fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from comfy_host import ModelBroke
from torch import Tensor, nn

WIDTH = 32
CHANNELS = 4
"""Of a latent."""

TEXT_WIDTH = 12
POOLED_WIDTH = 8

_BREAKS_IN = 1  # the second block, so that a call breaks in the middle


class CallCount:
    """How often parts of a network ran.

    blocks: block calls. branches: calls of attention and MLP modules of blocks. head: calls of the
    last layer.
    """

    def __init__(self) -> None:
        self.blocks = self.branches = self.head = self._calls = 0
        self._fail_at: int | None = None

    def expect_failure(self, call: int | None) -> None:
        """The first computed network call of those from `call` on raises ModelBroke; None: none.

        Calls are counted from 1, beginning now.
        """
        self._calls, self._fail_at = 0, call

    def call(self) -> None:
        """The network is called; a wrapper may answer for it."""
        self._calls += 1

    def block(self, index: int) -> None:
        """A block begins."""
        self.blocks += 1
        if self._fail_at is not None and index == _BREAKS_IN and self._calls >= self._fail_at:
            raise ModelBroke(f"the network broke in call {self._calls}")


class Attention(nn.Module):
    """Attention with two heads; `positions` turn queries and keys apart."""

    def __init__(self, count: CallCount | None = None) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.count = count

    def mix(self, x: Tensor, context: Tensor, positions: Tensor | None = None) -> Tensor:
        """What every token of `x` takes from `context`."""
        if self.count is not None:
            self.count.branches += 1
        at = 0 if positions is None else positions
        q, k, v = (_heads(each) for each in (self.q(x) + at, self.k(context) + at, self.v(context)))
        mixed = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH / 2), dim=-1) @ v
        return self.o(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class FeedForward(nn.Module):
    """The MLP of a block."""

    def __init__(self, count: CallCount | None = None) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        if self.count is not None:
            self.count.branches += 1
        return self.down(torch.tanh(self.up(x)))  # type: ignore[no-any-return]


class TimeEmbedding(nn.Module):
    """A vector of slow waves in the timestep. `unit`: the timestep of sigma 1."""

    def __init__(self, unit: float) -> None:
        super().__init__()
        self.unit = unit
        self.project = nn.Linear(8, WIDTH)

    def forward(self, timestep: Tensor) -> Tensor:
        speeds = torch.tensor([0.25, 0.5, 1.0, 2.0], dtype=timestep.dtype)
        angles = timestep[:, None] / self.unit * speeds
        return self.project(torch.cat([angles.cos(), angles.sin()], 1))  # type: ignore[no-any-return]


class LastLayer(nn.Module):
    """Tokens to patches, modulated by the time vector."""

    def __init__(self, count: CallCount, out_features: int) -> None:
        super().__init__()
        self.norm_final = norm()
        self.linear = nn.Linear(WIDTH, out_features)
        self.adaLN_modulation = nn.Linear(WIDTH, 2 * WIDTH)
        self.count = count

    def forward(self, x: Tensor, vec: Tensor, modulation_dims: Any = None) -> Tensor:
        self.count.head += 1
        shift, scale = self.adaLN_modulation(vec)[:, None].chunk(2, dim=-1)
        return self.linear(modulate(self.norm_final(x), shift, scale))  # type: ignore[no-any-return]


def norm() -> nn.LayerNorm:
    """Without weights: the modulation has them."""
    return nn.LayerNorm(WIDTH, eps=1e-6, elementwise_affine=False)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """adaLN."""
    return x * (1 + scale) + shift


def positions_of(tokens: int) -> Tensor:
    """`[1, tokens, WIDTH]`, different for every token."""
    speeds = torch.arange(1, WIDTH + 1) / WIDTH
    return torch.sin(torch.arange(tokens)[None, :, None] * speeds)


def seeded(network: nn.Module, seed: int) -> None:
    """Gives a network the weights of its seed."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        spread = 0.1 if parameter.ndim == 1 else 0.6 / math.sqrt(parameter.shape[-1])
        parameter.data.normal_(0, spread, generator=generator)
        parameter.requires_grad_(False)


def run_block(
    options: Mapping[str, Any],
    key: tuple[str, int],
    args: dict[str, Any],
    block: Callable[[dict[str, Any]], dict[str, Any]],
) -> dict[str, Any]:
    """A block, or the patch that replaces it."""
    options["block_index"] = key[1]  # type: ignore[index]
    patch = options.get("patches_replace", {}).get("dit", {}).get(key)
    return block(args) if patch is None else patch(args, {"original_block": block})


def _heads(x: Tensor) -> Tensor:
    return x.reshape(*x.shape[:2], 2, WIDTH // 2).transpose(1, 2)
