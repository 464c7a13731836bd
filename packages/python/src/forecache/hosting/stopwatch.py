"""How long calls take, without waiting for the device."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import torch

_KINDS = ("full", "forecast")


@dataclass
class Stopwatch:
    """Seconds of full and of forecast calls. On CUDA, pairs of events that are read when asked;
    else the clock.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    _events: list[tuple[str, Any, Any]] = field(default_factory=list)

    def start(self, device: torch.device) -> Any:
        """Begins a call. What it answers goes to `stop`."""
        if device.type != "cuda":
            return time.perf_counter()
        event: Any = _event()
        event.record()
        return event

    def stop(self, started: Any, kind: str) -> None:
        """Ends a call: `full` or `forecast`."""
        if isinstance(started, float):
            self.seconds[kind].append(time.perf_counter() - started)
            return
        ended: Any = _event()
        ended.record()
        self._events.append((kind, started, ended))

    def settle(self) -> None:
        """Reads what the device has timed; waits for it."""
        for kind, started, ended in self._events:
            ended.synchronize()
            self.seconds[kind].append(started.elapsed_time(ended) / 1000)
        self._events.clear()

    def saved(self) -> float:
        """Seconds that the forecast calls took less than as many median full ones."""
        full, forecast = (self.seconds[kind] for kind in _KINDS)
        return len(forecast) * median(full) - sum(forecast) if full and forecast else 0.0


def _event() -> Any:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call] # PyTorch's own
