"""The hot path of module granularity: all sites' forecasts, gated and added to a hidden state."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache.torch.chunks import even_slices
from forecache.torch.terms import Terms, accumulation_dtype
from forecache.torch.triton_support import triton_kernels

Gates = Tensor | Sequence[Tensor | None]
"""`[sites, batch, width]`, or a `[batch, width]` or None (no gate) a site; batch may be 1."""


def gated_sum(terms: Terms, gates: Gates, base: Tensor) -> Tensor:
    """`base + sum_s gate_s * (sum_j w_j F_js)`, accumulated in float32, in base's dtype.

    Reads the history once and writes only `[batch, tokens, width]`.
    """
    _assert_sizes(terms.block, gates, base)
    out = torch.empty(base.shape, dtype=base.dtype, device=base.device)
    kernels = triton_kernels(terms.block, out)
    if kernels is not None:
        kernels.gated_sum(terms, _stacked(gates, base), base.contiguous(), out)
        return out
    dtype = accumulation_dtype(out.dtype, terms.block.dtype)
    factors = [_columns(gate, dtype) for gate in gates]
    for part in even_slices(out.shape[1], out.shape[0] * out.shape[2], out.device):
        # A patch embedding leaves its tokens transposed: sums over those take thrice the time.
        total = base[:, part].to(dtype, copy=True, memory_format=torch.contiguous_format)
        _add_sites(total, [(weight, source[:, :, part]) for weight, source in terms], factors)
        out[:, part] = total
    return out


def _add_sites(
    total: Tensor, parts: list[tuple[float, Tensor]], factors: list[Tensor | None]
) -> None:
    """Adds all sites' forecasts of some tokens to `total`, which stays in the processor's cache."""
    for site, gate in enumerate(factors):
        for weight, source in parts:
            if gate is None:
                total.add_(source[site], alpha=weight)
            else:
                total.addcmul_(source[site], gate, value=weight)


def _columns(gate: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """`[batch, 1, width]`: one factor a column, for all tokens of a sample."""
    return None if gate is None else gate.to(dtype).unsqueeze(1)


def _stacked(gates: Gates, base: Tensor) -> Tensor:
    """`[sites, batch, width]` in float32, ones where a site is not gated."""
    if isinstance(gates, Tensor):
        return gates.float().contiguous()
    ones = torch.ones((base.shape[0], base.shape[2]), dtype=torch.float32, device=base.device)
    rows = [ones if gate is None else gate.float().expand_as(ones) for gate in gates]
    return torch.stack(rows)


def _assert_sizes(block: Tensor, gates: Gates, base: Tensor) -> None:
    """Raises ForecacheError naming what does not fit the history."""
    shape = tuple(block.shape[2:])
    if len(shape) != 3:
        raise ForecacheError(
            f"gates need features of [batch, tokens, width], the history holds {list(shape)}"
        )
    if tuple(base.shape) != shape or base.device != block.device:
        raise ForecacheError(
            f"base must be {list(shape)} on {block.device}, got {list(base.shape)} on {base.device}"
        )
    if len(gates) != block.shape[1]:
        raise ForecacheError(f"gates must be one a site ({block.shape[1]}), got {len(gates)}")
    batch, _, width = shape
    for site, gate in enumerate(gates):
        if gate is not None and tuple(gate.shape) not in ((batch, width), (1, width)):
            raise ForecacheError(
                f"gates[{site}] must be [{batch}, {width}] or [1, {width}], got {list(gate.shape)}"
            )
