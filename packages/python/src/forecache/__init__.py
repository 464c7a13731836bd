"""forecache: diffusion transformers that skip computation by forecasting features.

Importing this loads neither PyTorch nor gRPC; the first use of `enable` does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from forecache.errors import ForecacheError, NoPlanError

if TYPE_CHECKING:
    from forecache.calibration import Preset, calibrate
    from forecache.diffusers import Handle, Statistics, disable, enable, enabled, stats

__version__ = "0.1.0"

_HOOK = ("Handle", "Statistics", "disable", "enable", "enabled", "stats")

_LAZY = {
    "Preset": "forecache.calibration",
    "calibrate": "forecache.calibration",
    **dict.fromkeys(_HOOK, "forecache.diffusers"),
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "ForecacheError",
    "Handle",
    "NoPlanError",
    "Preset",
    "Statistics",
    "calibrate",
    "disable",
    "enable",
    "enabled",
    "stats",
]
