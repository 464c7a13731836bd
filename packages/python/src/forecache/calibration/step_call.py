"""The arguments of `scheduler.step`, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from forecache.errors import ForecacheError

_NEEDED = ("model_output", "timestep", "sample")


@dataclass(frozen=True)
class StepCall:
    """One call of `step`: `model_output`, `sample` and the rest, by name."""

    model_output: Tensor
    sample: Tensor
    rest: Mapping[str, Any]


def read_step_call(
    step: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> StepCall:
    """Binds the arguments. Raises ForecacheError for a step that cannot be made again on other
    tensors.
    """
    parameters = inspect.signature(step).parameters
    missing = [name for name in _NEEDED if name not in parameters]
    if missing:
        rule = f"take {', '.join(_NEEDED)}, it lacks {', '.join(missing)}"
        raise ForecacheError(f"scheduler.step must {rule}")
    bound = dict(inspect.signature(step).bind(*args, **kwargs).arguments)
    rest = {name: value for name, value in bound.items() if name not in ("model_output", "sample")}
    rest.update(rest.pop("kwargs", {}))
    for name, value in rest.items():
        if name != "timestep" and isinstance(value, Tensor) and value.numel() > 1:
            shape = list(value.shape)
            raise ForecacheError(
                f"scheduler.step must carry its state inside the scheduler, "
                f"got a tensor {shape} as {name}"
            )
    return StepCall(bound["model_output"], bound["sample"], rest)


def sample_after(answer: Any) -> Tensor:
    """The sample in what `step` returned: `prev_sample`, or the first of a tuple."""
    sample: Tensor = answer[0] if isinstance(answer, tuple) else answer.prev_sample
    return sample
