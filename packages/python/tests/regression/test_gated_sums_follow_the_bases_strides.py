"""A hidden state straight from a patch embedding has transposed strides, and so had the sum."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from forecache.torch import FeatureHistory, gated_sum


def test_the_sum_is_contiguous_whatever_the_base_is(monkeypatch: pytest.MonkeyPatch) -> None:
    totals: list[torch.Tensor] = []
    add_sites = gated_sum._add_sites

    def watched(total: torch.Tensor, *rest: Any) -> None:
        totals.append(total)
        add_sites(total, *rest)

    monkeypatch.setattr(gated_sum, "_add_sites", watched)
    history = FeatureHistory(sites=1, slots=1)
    history.begin(0)
    history.write(0, torch.ones(2, 6, 4))
    history.commit()
    base = torch.arange(48.0).reshape(2, 4, 6).transpose(1, 2)
    result = history.gated_sum((0.5,), [None], base)
    assert all(total.is_contiguous() for total in totals)
    assert torch.equal(result, base + 0.5)
