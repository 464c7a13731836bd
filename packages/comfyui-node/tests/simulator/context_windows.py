"""Long videos a few frames at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

FRAMES = 2
"""The dimension of the frames in a video latent."""


class ContextWindow:
    """The frames that the network sees at a time."""

    def __init__(self, index_list: list[int], total_frames: int) -> None:
        self.index_list, self.total_frames, self.dim = index_list, total_frames, FRAMES


class ContextHandler:
    """Windows of `length` frames, each of which begins with the last frame of the one before."""

    def __init__(self, length: int) -> None:
        self.length = length

    def should_use_context(self, x: Tensor) -> bool:
        """Whether a latent is a video longer than a window."""
        return x.ndim == 5 and x.shape[FRAMES] > self.length

    def windows(self, frames: int) -> list[ContextWindow]:
        """New objects for every evaluation."""
        starts = range(0, frames - 1, self.length - 1)
        firsts = [min(start, frames - self.length) for start in starts]
        return [
            ContextWindow(list(range(first, first + self.length)), frames)
            for first in dict.fromkeys(firsts)
        ]

    def execute(
        self,
        calc_cond_batch: Callable[..., list[Tensor]],
        model: Any,
        conds: list[Any],
        x_in: Tensor,
        timestep: Tensor,
        model_options: dict[str, Any],
    ) -> list[Tensor]:
        """The mean of the windows, frame by frame."""
        sums = [torch.zeros_like(x_in) for _ in conds]
        counts = torch.zeros(x_in.shape[FRAMES])
        for window in self.windows(x_in.shape[FRAMES]):
            frames = torch.tensor(window.index_list)
            model_options["transformer_options"]["context_window"] = window
            part = x_in.index_select(FRAMES, frames)
            answers = calc_cond_batch(model, conds, part, timestep, model_options)
            for total, answer in zip(sums, answers, strict=True):
                total.index_add_(FRAMES, frames, answer)
            counts[frames] += 1
        return [total / counts.reshape(1, 1, -1, 1, 1) for total in sums]
