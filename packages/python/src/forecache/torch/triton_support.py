"""Whether Triton's kernels can be used."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import torch
from torch import Tensor


def triton_kernels(block: Tensor, out: Tensor) -> ModuleType | None:
    """The module of kernels for a sum over a block; None where PyTorch's own operations make it.

    The kernels add in float32, so they make no float64 sums.
    """
    if not out.is_cuda or torch.float64 in (block.dtype, out.dtype):
        return None
    return _imported()


@cache
def _imported() -> ModuleType | None:
    try:
        from forecache.torch import triton_kernels  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        return None
    return triton_kernels
