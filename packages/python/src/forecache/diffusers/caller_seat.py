"""Who calls a transformer, and for which timesteps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forecache.diffusers.schedule import Serves


@dataclass(frozen=True)
class CallerSeat:
    """Who calls the transformer now.

    scheduler: None outside a pipeline that was enabled.
    serves: which of the scheduler's timesteps the transformer is called for; None: all.
    """

    scheduler: Any = None
    serves: Serves | None = None


def seat_in(pipeline: Any, component: str) -> CallerSeat:
    """The seat of one of a pipeline's transformers, during a call of the pipeline.

    With a `boundary_ratio` (Wan 2.2) `transformer` is called at timesteps from the boundary on, and
    `transformer_2` below it.
    """
    scheduler = getattr(pipeline, "scheduler", None)
    ratio = getattr(getattr(pipeline, "config", None), "boundary_ratio", None)
    training = getattr(getattr(scheduler, "config", None), "num_train_timesteps", None)
    if ratio is None or training is None:
        return CallerSeat(scheduler)
    # The pipeline's own arithmetic: the timesteps' type decides how the boundary is rounded.
    boundary = ratio * training
    rules: dict[str, Serves] = {
        "transformer": lambda timesteps: timesteps >= boundary,
        "transformer_2": lambda timesteps: timesteps < boundary,
    }
    return CallerSeat(scheduler, rules.get(component))
