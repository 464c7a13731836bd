"""What all tests share: no downloads, one thread."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from host_process import HostProcess

os.environ["HF_HUB_OFFLINE"] = "1"
torch.set_num_threads(1)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """A host of the tiny DiT as a process of its own."""
    process = HostProcess(Path(tmp_path_factory.mktemp("host")) / "host.sock")
    yield process
    process.stop()
