"""Floating-point operations that a run executes, counted for all contestants in one way."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop


def _attention_on_cpu(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    """PyTorch counts attention on CUDA; the CPU's kernel does the same work."""
    return int(sdpa_flop(query, key, value))


def operation_counter() -> FlopCounterMode:
    """Counts matrix products, convolutions and attention; a multiply and an add are two.

    Element-wise work, and so the weighted sums of forecasts, is not counted, as in published
    counters.
    """
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    return FlopCounterMode(display=False, custom_mapping={kernel: _attention_on_cpu})
