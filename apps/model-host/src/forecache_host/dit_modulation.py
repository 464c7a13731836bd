"""The shifts, scales and gates of one call of Diffusers' DiTTransformer2DModel."""

from __future__ import annotations

import torch
from diffusers import DiTTransformer2DModel
from torch import Tensor
from torch.nn import functional

ROWS_PER_BLOCK = 6
"""Shift, scale and gate of the attention, then of the MLP."""

FIRST_ROW = {"attention": 0, "mlp": 3}
"""Where the rows of a branch begin in those of its block."""


class DitModulation:
    """Rows by block, computed when they are first needed: a call forecast at `hidden` needs the
    head's alone.

    Every block of this class embeds timestep and label with weights of its own; the head uses block
    0's.
    """

    def __init__(self, model: DiTTransformer2DModel, timestep: Tensor, labels: Tensor) -> None:
        self._model = model
        self._arguments = (timestep, labels)
        self._rows: dict[int, Tensor] = {}
        self._dtype = model.dtype
        self.conditioning: Tensor = self._embedded(0)

    def branch(self, block: int, kind: str) -> tuple[Tensor, Tensor, Tensor]:
        """Shift, scale and gate of a branch, each `[batch, 1, width]`."""
        first = FIRST_ROW[kind]
        rows = self._block(block)[:, first : first + 3]
        return rows[:, 0:1], rows[:, 1:2], rows[:, 2:3]

    def head(self) -> tuple[Tensor, Tensor]:
        """Shift and scale before the output projection, each `[batch, 1, width]`."""
        pair = self._model.proj_out_1(functional.silu(self.conditioning))
        shift, scale = pair.unflatten(1, (2, -1)).split(1, dim=1)
        return shift, scale

    def rows(self) -> Tensor:
        """All of them: `[batch, 6 * blocks + 2, width]`."""
        blocks = [self._block(block) for block in range(len(self._model.transformer_blocks))]
        return torch.cat([*blocks, *self.head()], dim=1)

    def _block(self, block: int) -> Tensor:
        if block not in self._rows:
            norm = self._model.transformer_blocks[block].norm1
            embedded = self.conditioning if block == 0 else self._embedded(block)
            flat = norm.linear(norm.silu(embedded))
            self._rows[block] = flat.unflatten(1, (ROWS_PER_BLOCK, -1))
        return self._rows[block]

    def _embedded(self, block: int) -> Tensor:
        norm = self._model.transformer_blocks[block].norm1
        embedded: Tensor = norm.emb(*self._arguments, hidden_dtype=self._dtype)
        return embedded
