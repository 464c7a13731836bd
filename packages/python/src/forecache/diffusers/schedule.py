"""Which calls a run will make, read from the pipeline's scheduler before the first of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from forecache.errors import NoPlanError

Scale = Callable[[Any], Any]
"""From the scheduler's timesteps to what the transformer is given; for numbers and for tensors."""

SCALES: tuple[Scale, ...] = (lambda t: t, lambda t: t / 1000, lambda t: 1 - t / 1000)
"""The units that Diffusers' pipelines use. Half precision rounds timesteps, so they are compared
loosely.
"""

Serves = Callable[[Tensor], Tensor]
"""Which of a scheduler's timesteps a transformer is called for: timesteps -> booleans."""

_TOLERANCE = 0.006  # bfloat16 keeps eight bits: 1/256 from one number to the next.


@dataclass(frozen=True)
class Schedule:
    """The calls of one run.

    steps: sampler steps. calls: calls of the transformer, a Heun step makes two.
    first: index of the run's first call in the scheduler's list: image-to-image begins later.
    timesteps: one a call, in the scheduler's unit; empty when not known. sigmas: likewise.
    scale: from these to the transformer's argument; None when not recognised.
    source: the scheduler's own list; another one means another run. It is small and kept alive, so
        that no later list can be mistaken for it.
    """

    steps: int
    calls: int
    first: int = 0
    timesteps: tuple[float, ...] = ()
    sigmas: tuple[float, ...] = ()
    scale: Scale | None = None
    source: Any = field(default=None, compare=False)


def read_schedule(
    scheduler: Any, timestep: Tensor | None, serves: Serves | None = None
) -> Schedule:
    """The calls that follow, given the timestep of the first one. Reads both from the device: once
    a run.

    serves: where the pipeline has several transformers; the run ends with the last call in a row.

    Raises NoPlanError when the scheduler does not say which calls it makes.
    """
    source = getattr(scheduler, "timesteps", None)
    if not isinstance(source, Tensor) or source.numel() == 0:
        raise NoPlanError("the scheduler has no timesteps")
    listed = tuple(float(value) for value in source.flatten().tolist())
    first, scale = _first_call(scheduler, listed, timestep)
    timesteps = listed[first : _end(source, first, serves)]
    distinct = len(set(timesteps))
    if distinct < len(timesteps) and not hasattr(scheduler, "step_index"):
        raise NoPlanError("the scheduler repeats timesteps and has no step index")
    return Schedule(
        steps=distinct,
        calls=len(timesteps),
        first=first,
        timesteps=timesteps,
        sigmas=_sigmas(scheduler, first, len(timesteps)),
        scale=scale,
        source=source,
    )


def is_strictly_monotone(values: Sequence[float]) -> bool:
    """Whether a policy can use the values as positions."""
    steps = [after - before for before, after in itertools.pairwise(values)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _end(source: Tensor, first: int, serves: Serves | None) -> int | None:
    """Index behind the last call; None for the end of the list."""
    if serves is None:
        return None
    served = serves(source.flatten()).tolist()[first:]
    if not served or not served[0]:
        raise NoPlanError("the pipeline calls another transformer than its boundary says")
    return first + served.index(False) if False in served else None


def _first_call(
    scheduler: Any, listed: Sequence[float], timestep: Tensor | None
) -> tuple[int, Scale | None]:
    at = getattr(scheduler, "step_index", None)
    if at is None:
        at = getattr(scheduler, "begin_index", None)
    value = None if timestep is None else float(timestep.max())
    if at is not None and 0 <= at < len(listed):
        return at, None if value is None else _scale_at(listed[at], value)
    if value is None:
        raise NoPlanError("the call has no timestep")
    return _nearest(listed, value)


def _nearest(listed: Sequence[float], value: float) -> tuple[int, Scale]:
    distances = [
        (abs(scale(known) - value), index, scale)
        for scale in SCALES
        for index, known in enumerate(listed)
    ]
    _, index, scale = min(distances, key=lambda each: (each[0], each[1]))
    if not _is_close(scale(listed[index]), value):
        raise NoPlanError("the first call's timestep is not one of the scheduler's")
    return index, scale


def _scale_at(known: float, value: float) -> Scale | None:
    """The scale that explains the value; None when none or several do."""
    fitting = [scale for scale in SCALES if _is_close(scale(known), value)]
    return fitting[0] if len(fitting) == 1 else None


def _is_close(expected: float, value: float) -> bool:
    return abs(expected - value) <= _TOLERANCE * max(abs(expected), abs(value), 1e-3)


def _sigmas(scheduler: Any, first: int, calls: int) -> tuple[float, ...]:
    sigmas = getattr(scheduler, "sigmas", None)
    if not isinstance(sigmas, Tensor) or sigmas.numel() < first + calls:
        return ()
    values = tuple(float(value) for value in sigmas.flatten().tolist())[first : first + calls]
    return values if is_strictly_monotone(values) else ()
