"""The kernels make the sums of PyTorch's operations. `test_triton_kernels.py` runs this file."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from forecache.torch import triton_kernels as kernels
from forecache.torch.terms import Terms

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
NEWEST, SLOTS, SITES, BATCH = 0, 3, 3, 2
TOLERANCE = {torch.float32: 1e-5, torch.float16: 2**-10, torch.bfloat16: 2**-7}  # one last place


def random(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape))).to(DEVICE)


def terms_of(dtype: torch.dtype, tokens: int, width: int) -> Terms:
    """Slots 0 and 2 are read; slot 1 is not written yet and holds no numbers."""
    block = random(SLOTS, SITES, BATCH, tokens, width).to(dtype)
    block[1] = float("nan")
    return Terms(block, (NEWEST, (NEWEST - 1) % SLOTS), (1.5, -0.5))


def forecasts(terms: Terms) -> Tensor:
    """`[sites, batch, tokens, width]` in float32."""
    parts = [weight * stored.float() for weight, stored in terms]
    return torch.stack(parts).sum(0)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("tokens", "width"), [(1, 1), (5, 3), (6, 300)])
def test_a_weighted_sum_is_that_of_the_slots_with_weights(
    dtype: torch.dtype, tokens: int, width: int
) -> None:
    terms = terms_of(dtype, tokens, width)
    out = torch.full((BATCH, tokens, width), float("nan"), dtype=dtype, device=DEVICE)
    kernels.weighted_sum(terms, 1, out)
    torch.testing.assert_close(out.float(), forecasts(terms)[1], rtol=TOLERANCE[dtype], atol=1e-5)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("tokens", "width"), [(1, 1), (5, 3), (6, 300)])
@pytest.mark.parametrize("gate_batch", [1, BATCH])
def test_a_gated_sum_adds_every_gated_forecast_to_the_base(
    dtype: torch.dtype, tokens: int, width: int, gate_batch: int
) -> None:
    terms, gates = terms_of(dtype, tokens, width), random(SITES, gate_batch, width)
    base = random(BATCH, tokens, width).to(dtype)
    out = torch.full_like(base, float("nan"))
    kernels.gated_sum(terms, gates, base, out)
    wanted = base.float() + (gates.unsqueeze(2) * forecasts(terms)).sum(0)
    torch.testing.assert_close(out.float(), wanted, rtol=TOLERANCE[dtype], atol=1e-5)


def test_sums_of_nothing_are_nothing() -> None:
    terms = terms_of(torch.float32, 0, 4)
    out = torch.empty(BATCH, 0, 4, device=DEVICE)
    kernels.weighted_sum(terms, 0, out)
    kernels.gated_sum(terms, random(SITES, BATCH, 4), out, out)
    assert out.numel() == 0
