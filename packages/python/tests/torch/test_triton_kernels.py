"""Runs the checks of the Triton kernels: on the GPU, or without one as Triton interprets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

CHECKS = Path(__file__).with_name("triton_kernel_checks.py")


def test_the_kernels_make_the_sums_of_pytorchs_operations() -> None:
    """In a process of its own: Triton reads the variable at its import, which may be PyTorch's."""
    pytest.importorskip("triton")
    interpret = "0" if torch.cuda.is_available() else "1"
    checks = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(CHECKS)],
        env={**os.environ, "TRITON_INTERPRET": interpret, "TRITON_DEFAULT_FP_FUSION": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checks.returncode == 0, checks.stdout[-4000:] + checks.stderr[-1000:]
