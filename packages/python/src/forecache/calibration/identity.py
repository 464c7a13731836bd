"""What a preset was measured on, as far as a pipeline says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecache.calibration.preset_content import PresetIdentity
from forecache.calibration.recording import Recording
from forecache.calibration.runs import Run, shared_value
from forecache.client.wire import usable_positions


def identity_of(
    pipe: Any, runs: Sequence[Run], recording: Recording, model: str | None
) -> PresetIdentity:
    """Model, sampler, calls and timesteps; guidance and size where the runs' arguments have them.

    model: None takes the repository that the pipeline was loaded from, else its class.
    """
    timesteps = tuple(recording.timesteps)
    guidance = shared_value(runs, "guidance_scale")
    width, height = shared_value(runs, "width"), shared_value(runs, "height")
    return PresetIdentity(
        model=model or _loaded_from(pipe) or type(pipe).__name__,
        sampler=type(pipe.scheduler).__name__,
        steps=len(set(timesteps)),
        calls=recording.calls,
        timesteps=tuple(usable_positions(timesteps, recording.calls)),
        guidance=None if guidance is None else float(guidance),
        size="" if width is None or height is None else f"{width}x{height}",
    )


def _loaded_from(pipe: Any) -> str:
    return str(getattr(pipe, "name_or_path", None) or "")
