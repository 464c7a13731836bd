"""The kernels are used where they can be, and PyTorch's own operations everywhere else."""

from __future__ import annotations

import sys

import pytest
import torch

from forecache.torch import triton_support


@pytest.fixture(autouse=True)
def _imported_anew() -> None:
    triton_support._imported.cache_clear()


def test_tensors_of_a_cpu_are_added_by_pytorch() -> None:
    assert triton_support.triton_kernels(torch.ones(1), torch.ones(1)) is None


def test_without_triton_there_are_no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    monkeypatch.delitem(sys.modules, "forecache.torch.triton_kernels", raising=False)
    assert triton_support._imported() is None
