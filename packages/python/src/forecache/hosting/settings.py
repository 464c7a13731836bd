"""What the user asked for, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import torch

from forecache.errors import ForecacheError
from forecache.options import PolicyOptions, compile_options
from forecache.plan import Granularity
from forecache.torch import Place

MODEL_DTYPE = "model"


@dataclass(frozen=True)
class EngineSettings:
    """Complete and checked.

    granularity: None leaves it to the policy, the paper's `module` excepted: `hidden` stands for
        that.
    cache_dtype: None stores features in the model's own dtype.
    steps: calls a branch in a run, for a transformer without a pipeline.
    trace: file that gets a line of JSON a call and a run.
    """

    policy: PolicyOptions
    granularity: Granularity | None = None
    cache_dtype: torch.dtype | None = None
    cache_place: Place = "device"
    steps: int | None = None
    verbose: bool = True
    trace: Path | None = None

    @property
    def is_preset(self) -> bool:
        """Whether a preset decides: its weights belong to the granularity that it was made at."""
        return self.policy.name == "preset"


def compile_settings(
    policy: str, given: Mapping[str, object], options: Mapping[str, object]
) -> EngineSettings:
    """Checks everything that can be checked before a run. Raises ForecacheError naming option,
    value and rule.

    given: `granularity`, `cache_dtype`, `cache_place`, `steps`, `verbose` and `trace` as the user
        gave them.
    options: of the policy, in any spelling.
    """
    compiled = compile_options(policy, options)
    dtype = given["cache_dtype"] if compiled.cache_dtype is None else compiled.cache_dtype
    trace = given["trace"]
    return EngineSettings(
        policy=compiled,
        granularity=_granularity(given["granularity"]),
        cache_dtype=_dtype(dtype),
        cache_place=_place(given["cache_place"]),
        steps=_steps(given["steps"]),
        verbose=bool(given["verbose"]),
        trace=None if trace is None else Path(str(trace)),
    )


def _granularity(value: object) -> Granularity | None:
    if value is None:
        return None
    known = [each.value for each in Granularity]
    if not isinstance(value, str) or value not in known:
        raise ForecacheError(f"granularity must be one of {', '.join(known)}, got {value!r}")
    return Granularity(value)


def _dtype(value: object) -> torch.dtype | None:
    if value in (None, MODEL_DTYPE):
        return None
    if isinstance(value, torch.dtype) and value.is_floating_point:
        return value
    raise ForecacheError(f"cache_dtype must be a floating-point dtype or model, got {value!r}")


def _place(value: object) -> Place:
    for place in get_args(Place):
        if value == place:
            return place  # type: ignore[no-any-return] # get_args forgets the literals
    raise ForecacheError(f"cache_place must be device or host, got {value!r}")


def _steps(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ForecacheError(f"steps must be an integer >= 1, got {value!r}")
    return value
