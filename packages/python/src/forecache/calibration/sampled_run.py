"""What calibration needs of whoever samples: runs that can be made again."""

from __future__ import annotations

from typing import Protocol

from forecache.calibration.elements import Elements
from forecache.calibration.preset_source import PresetSource
from forecache.calibration.recording import Recording


class SampledRun(Protocol):
    """One run of a host's own sampling, the same each time it is made."""

    @property
    def seed(self) -> int | None:
        """None where nothing says it."""

    def record(self, elements: Elements) -> Recording:
        """Makes it in full."""

    def walk(self, source: PresetSource, elements: Elements) -> Recording:
        """Makes it with the source's plan. Raises ForecacheError where that was not followed."""
