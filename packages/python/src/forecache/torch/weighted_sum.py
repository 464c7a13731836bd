"""A forecast: the weighted sum of a site's stored features."""

from __future__ import annotations

import torch
from torch import Tensor

from forecache.torch.chunks import even_slices
from forecache.torch.terms import Terms, accumulation_dtype
from forecache.torch.triton_support import triton_kernels


def weighted_sum(terms: Terms, site: int, out: Tensor) -> Tensor:
    """`out = sum_j w_j F_j` of one site, accumulated in float32; `out` is contiguous. One pass."""
    kernels = triton_kernels(terms.block, out)
    if kernels is not None:
        kernels.weighted_sum(terms, site, out)
        return out
    flat = out.view(-1)
    (newest_weight, newest), *older = [(weight, part[site].view(-1)) for weight, part in terms]
    dtype = accumulation_dtype(out.dtype, terms.block.dtype)
    for part in even_slices(flat.numel(), 1, out.device):
        target = flat[part]
        total = target if target.dtype == dtype else torch.empty_like(target, dtype=dtype)
        total.copy_(newest[part]).mul_(newest_weight)
        for weight, source in older:
            total.add_(source[part], alpha=weight)
        if total is not target:
            target.copy_(total)
    return out
