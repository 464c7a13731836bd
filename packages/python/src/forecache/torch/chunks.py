"""How a sum over a history is cut, so that what it adds up to stays in the processor's cache."""

from __future__ import annotations

import torch

ELEMENTS_PER_THREAD = 1 << 19
"""Most elements a CPU thread adds up at a time, 2 MiB of float32; fewer pay more per operation."""


def even_slices(length: int, width: int, device: torch.device) -> list[slice]:
    """Cuts `length` rows of `width` elements into slices of nearly one size; one slice on a GPU."""
    limit = ELEMENTS_PER_THREAD * torch.get_num_threads()
    parts = 1 if device.type != "cpu" else -(-length * width // limit)
    step = -(-length // max(1, parts))
    return [slice(start, min(start + step, length)) for start in range(0, length, max(1, step))]
