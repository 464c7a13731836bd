"""Errors of variants on runs that no fit has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.preset_content import PresetContent, PresetVariant
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.reference import final_of, relative_error
from forecache.calibration.runs import Run
from forecache.calibration.walking import assert_repeats, record_run, record_walk


def measured_on(
    pipe: Any, runs: Sequence[Run], preset: PresetContent, elements: Elements
) -> tuple[PresetVariant, ...]:
    """The preset's variants with their errors on these runs; one run's outputs are kept at a
    time.
    """
    finals: list[Tensor] = []
    walked: list[list[Tensor]] = [[] for _ in preset.variants]
    for run in runs:
        reference = record_run(pipe, run, elements)
        reference.outputs.clear()
        finals.append(final_of(reference))
        for variant, ends in zip(preset.variants, walked, strict=True):
            walk = record_walk(pipe, run, PresetSource(preset, variant), elements)
            assert_repeats(walk, reference)
            ends.append(final_of(walk))
    errors = [relative_error(ends, finals) for ends in walked]
    return tuple(
        _with_error(variant, error) for variant, error in zip(preset.variants, errors, strict=True)
    )


def _with_error(variant: PresetVariant, error: float) -> PresetVariant:
    seen = variant.measured
    measured = None if seen is None else replace(seen, held_out=error)
    return replace(variant, relative_error=error, measured=measured)
