"""Errors of variants on runs that no fit has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from forecache.calibration.elements import Elements
from forecache.calibration.preset_content import PresetContent, PresetVariant
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.reference import relative_error
from forecache.calibration.sampled_run import SampledRun
from forecache.calibration.walking import assert_repeats


def measured_on(
    runs: Sequence[SampledRun], preset: PresetContent, elements: Elements
) -> tuple[PresetVariant, ...]:
    """The preset's variants with their errors on these runs; one run's outputs are kept at a
    time.
    """
    finals: list[Tensor] = []
    walked: list[list[Tensor]] = [[] for _ in preset.variants]
    for run in runs:
        reference = run.record(elements)
        reference.outputs.clear()
        finals.append(reference.ended)
        for variant, ends in zip(preset.variants, walked, strict=True):
            walk = run.walk(PresetSource(preset, variant), elements)
            assert_repeats(walk, reference)
            ends.append(walk.ended)
    errors = [relative_error(ends, finals) for ends in walked]
    return tuple(
        _with_error(variant, error) for variant, error in zip(preset.variants, errors, strict=True)
    )


def _with_error(variant: PresetVariant, error: float) -> PresetVariant:
    seen = variant.measured
    measured = None if seen is None else replace(seen, held_out=error)
    return replace(variant, relative_error=error, measured=measured)
