"""Calibration: schedules and weights found by measuring a pipeline's own runs."""

from forecache.calibration.calibrate import calibrate
from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import (
    Measured,
    PresetIdentity,
    PresetProvenance,
    PresetVariant,
)

__all__ = [
    "Measured",
    "Preset",
    "PresetIdentity",
    "PresetProvenance",
    "PresetVariant",
    "calibrate",
]
