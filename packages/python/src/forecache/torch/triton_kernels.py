"""Triton kernels of the two sums: each reads the history once and writes only the result.

Weights are read on the device in the order of the ring's slots; a slot of weight 0 is not read. So
a captured CUDA graph stays right while the ring turns, as long as the weights' buffer is filled
before each replay. Sums are float32.
"""

from __future__ import annotations

import torch
import triton  # type: ignore[import-untyped, unused-ignore] # Triton has no types
import triton.language as tl  # type: ignore[import-untyped, unused-ignore] # Triton has no types
from torch import Tensor

from forecache.torch.terms import Terms

BLOCK = 1024
TOKEN_BLOCK = 4
WIDTH_BLOCK = 256


def weighted_sum(terms: Terms, site: int, out: Tensor) -> None:
    """`out = sum_j w_j F_j` of one site; `out` is contiguous."""
    size = out.numel()
    if size == 0:
        return
    with torch.cuda.device_of(out):  # type: ignore[no-untyped-call] # untyped in PyTorch
        _weighted_sum_tile[(triton.cdiv(size, BLOCK),)](
            terms.block[:, site],
            terms.device_weights(),
            out,
            size,
            terms.block.stride(0),
            SLOTS=terms.block.shape[0],
            BLOCK=BLOCK,
        )


def gated_sum(terms: Terms, gates: Tensor, base: Tensor, out: Tensor) -> None:
    """`out = base + sum_s gate_s * (sum_j w_j F_js)`; tensors are contiguous.

    gates: `[sites, batch, width]`, batch 1 for all samples alike.
    base, out: `[batch, tokens, width]`.
    """
    batch, tokens, width = out.shape
    if out.numel() == 0:
        return
    grid = (triton.cdiv(tokens, TOKEN_BLOCK), triton.cdiv(width, WIDTH_BLOCK), batch)
    with torch.cuda.device_of(out):  # type: ignore[no-untyped-call] # untyped in PyTorch
        _gated_sum_tile[grid](
            terms.block,
            terms.device_weights(),
            gates,
            base,
            out,
            tokens,
            width,
            terms.block.shape[1],
            terms.block.stride(0),
            terms.block.stride(1),
            gates.stride(0),
            gates.stride(1) if gates.shape[1] > 1 else 0,
            SLOTS=terms.block.shape[0],
            TOKEN_BLOCK=TOKEN_BLOCK,
            WIDTH_BLOCK=WIDTH_BLOCK,
        )


@triton.jit  # type: ignore[untyped-decorator] # Triton has no types
def _weighted_sum_tile(  # type: ignore[no-untyped-def] # noqa: PLR0913, PLR0917 - pointers, sizes
    features, weights, out, size, slot_stride, SLOTS: tl.constexpr, BLOCK: tl.constexpr
):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = at < size
    total = tl.zeros((BLOCK,), dtype=tl.float32)
    start = features
    for slot in tl.static_range(SLOTS):
        weight = tl.load(weights + slot)
        if weight != 0:
            total += weight * tl.load(start + at, mask=inside, other=0).to(tl.float32)
        start += slot_stride
    tl.store(out + at, total.to(out.dtype.element_ty), mask=inside)


@triton.jit  # type: ignore[untyped-decorator] # Triton has no types
def _gated_sum_tile(  # type: ignore[no-untyped-def] # noqa: PLR0913, PLR0917 - pointers, strides
    features,
    weights,
    gates,
    base,
    out,
    tokens,
    width,
    sites,
    slot_stride,
    site_stride,
    gate_site_stride,
    gate_batch_stride,
    SLOTS: tl.constexpr,
    TOKEN_BLOCK: tl.constexpr,
    WIDTH_BLOCK: tl.constexpr,
):
    sample = tl.program_id(2).to(tl.int64)
    token = tl.program_id(0) * TOKEN_BLOCK + tl.arange(0, TOKEN_BLOCK)
    column = tl.program_id(1) * WIDTH_BLOCK + tl.arange(0, WIDTH_BLOCK)
    at = (sample * tokens + token)[:, None] * width + column[None, :]
    inside = (token < tokens)[:, None] & (column < width)[None, :]
    gate_start = gates + sample * gate_batch_stride
    site_start = features
    total = tl.load(base + at, mask=inside, other=0).to(tl.float32)
    for _ in range(sites):
        forecast = tl.zeros((TOKEN_BLOCK, WIDTH_BLOCK), dtype=tl.float32)
        start = site_start
        for slot in tl.static_range(SLOTS):
            weight = tl.load(weights + slot)
            if weight != 0:
                forecast += weight * tl.load(start + at, mask=inside, other=0).to(tl.float32)
            start += slot_stride
        gate = tl.load(gate_start + column, mask=column < width, other=0)
        total += gate[None, :] * forecast
        site_start += site_stride
        gate_start += gate_site_stride
    tl.store(out + at, total.to(out.dtype.element_ty), mask=inside)
