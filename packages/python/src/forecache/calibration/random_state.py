"""Generators as they were: the same noise again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


def copies(value: Any) -> Any:
    """Every generator in a value, lists and tuples included, as a copy in the same state."""
    if isinstance(value, torch.Generator):
        return torch.Generator(value.device).set_state(value.get_state())
    if isinstance(value, list | tuple):
        return type(value)(copies(each) for each in value)
    return value


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """PyTorch's own generators begin at `seed` inside, and go on as before afterwards."""
    devices = list(range(torch.cuda.device_count()))
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


class GlobalState:
    """PyTorch's own generators at one moment."""

    def __init__(self) -> None:
        self._host = torch.get_rng_state()
        self._devices = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []

    @contextmanager
    def again(self) -> Iterator[None]:
        """They are as they were inside, and go on as before afterwards."""
        with torch.random.fork_rng(list(range(len(self._devices)))):
            torch.set_rng_state(self._host)
            if self._devices:
                torch.cuda.set_rng_state_all(self._devices)
            yield
