"""Calibrated presets beside TaylorSeer and fewer steps: how near images come to the full run's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import forecache
from forecache.calibration import Preset, calibrate
from torch import Tensor

from forecache_bench.calibration.trained_pipeline import (
    TrainedPipeline,
    batch_of,
    trained_pipeline,
)

CALLS = (18, 12, 9)
"""Full calls that are compared."""

INTERVALS = {18: 3, 12: 5, 9: 7}
"""TaylorSeer's interval for so many full calls of 49 or 50, after a warm-up of 3."""


@dataclass(frozen=True)
class Setting:
    """steps: of the full run. calls_per_step: 2 where steps but the last correct themselves."""

    scheduler: str
    steps: int
    calls_per_step: int = 1

    def steps_for(self, calls: int) -> int:
        """The fewest steps of at least so many calls."""
        return calls if self.calls_per_step == 1 else (calls + 2) // 2

    def calls_of(self, steps: int) -> int:
        """Calls of so many steps."""
        return steps if self.calls_per_step == 1 else 2 * steps - 1


SETTINGS = (
    Setting("Euler", 50),
    Setting("DPM-Solver++(2M)", 50),
    Setting("UniPC", 50),
    Setting("Heun", 25, calls_per_step=2),
)


@dataclass(frozen=True)
class Row:
    """One contestant, by `CALLS`: PSNR in dB (mean over images), relative error of the final
    samples (sqrt of summed squares over summed squares) and calls made in full.
    """

    name: str
    psnr: tuple[float, ...]
    error: tuple[float, ...]
    calls: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """One scheduler's rows. seconds: of the calibration."""

    setting: Setting
    rows: tuple[Row, ...]
    preset: Preset
    seconds: float


def measure(setting: Setting, fitted: Sequence[int], unseen: Sequence[int]) -> Table:
    """Calibrates on the seeds `fitted` and compares on the seeds `unseen`."""
    pipe = trained_pipeline(setting.scheduler)
    started = time.monotonic()
    preset = calibrate(
        pipe,
        fitted,
        call=lambda pipe, seed: pipe(**batch_of([seed]), num_inference_steps=setting.steps),
        full_calls=sorted(CALLS),
        name=f"trained-dit-{setting.steps}",
    )
    seconds = time.monotonic() - started
    given = batch_of(unseen)
    full = pipe(**given, num_inference_steps=setting.steps)
    rows = [_fewer_steps(pipe, setting, given, full)]
    for name, enabled in _contestants(pipe, preset):
        rows.append(
            _row(name, enabled, lambda: pipe(**given, num_inference_steps=setting.steps), full)
        )
    return Table(setting, tuple(rows), preset, seconds)


def psnr(images: Tensor, full: Tensor) -> float:
    """In dB, images clipped to [0, 1], mean over images."""
    errors = (images.clamp(0, 1) - full.clamp(0, 1)).square().mean(dim=(1, 2, 3))
    return float((-10 * errors.log10()).mean())


def _contestants(
    pipe: TrainedPipeline, preset: Preset
) -> Iterator[tuple[str, Callable[[int], AbstractContextManager[Any]]]]:
    for granularity in "hidden", "output":
        for order in 1, 2:
            yield (
                f"TaylorSeer, {granularity}, order {order}",
                lambda count, g=granularity, o=order: forecache.enabled(
                    pipe, interval=INTERVALS[count], order=o, warmup=3, granularity=g, verbose=False
                ),
            )
    yield (
        "calibrated preset",
        lambda count: forecache.enabled(pipe, sidecar=preset.source(count), verbose=False),
    )


def _row(
    name: str,
    enabled: Callable[[int], AbstractContextManager[Any]],
    run: Callable[[], Tensor],
    full: Tensor,
) -> Row:
    made, calls = [], []
    for count in CALLS:
        with enabled(count) as handle:
            made.append(run())
            calls.append(sum(handle.stats().full_calls.values()))
    return _measured(name, made, calls, full)


def _fewer_steps(
    pipe: TrainedPipeline, setting: Setting, given: dict[str, Any], full: Tensor
) -> Row:
    steps = [setting.steps_for(count) for count in CALLS]
    made = [pipe(**given, num_inference_steps=each) for each in steps]
    return _measured("fewer steps", made, list(map(setting.calls_of, steps)), full)


def _measured(name: str, made: list[Tensor], calls: list[int], full: Tensor) -> Row:
    # Images are half a sample and a half; both halves drop out of the difference and its norm.
    norm = (2 * full - 1).norm() / 2
    return Row(
        name,
        tuple(psnr(each, full) for each in made),
        tuple(float((each - full).norm() / norm) for each in made),
        tuple(calls),
    )
