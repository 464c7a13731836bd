"""Timesteps and conditioning of many calls as the rows of one pass, those of a call together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor


def timestep_rows(
    timesteps: Tensor, arguments: Mapping[str, Any], name: str = "timestep"
) -> Tensor:
    """Timesteps `[calls]` as `[calls * batch]`, each once for every row of its call.

    On the device of the call's latents and in the type of its timestep, `arguments[name]`.
    """
    hidden, given = arguments["hidden_states"], arguments[name]
    dtype = given.dtype if isinstance(given, Tensor) else timesteps.dtype
    return timesteps.to(hidden.device, dtype).repeat_interleave(hidden.shape[0])


def conditioning_rows(conditioning: Tensor, calls: int, batch: int) -> Tensor:
    """Conditioning `[batch or 1, ...]`, the same in every call, as `[calls * batch, ...]`."""
    rows = conditioning.expand(batch, *conditioning.shape[1:])
    return rows.repeat(calls, *[1] * (conditioning.ndim - 1))
