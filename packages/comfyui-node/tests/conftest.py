"""The ComfyUI that the contract tests run on: a real one when COMFYUI_ROOT names it, else ours."""

from __future__ import annotations

import importlib
import os

import pytest
import torch
from comfy_host import ComfyHost

ROOT = os.environ.get("COMFYUI_ROOT")

# Tests of a real ComfyUI are not there without one: nothing is to look skipped.
collect_ignore_glob = [] if ROOT else ["real/*"]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Tiny networks are not faster with more, and their sums are always in the same order."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def host() -> ComfyHost:
    """The host that a contract test is given."""
    module, name = ("real_host", "RealHost") if ROOT else ("simulated_host", "SimulatedHost")
    made: ComfyHost = getattr(importlib.import_module(module), name)()
    return made
