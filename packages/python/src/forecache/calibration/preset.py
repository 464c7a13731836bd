"""A saved, measured policy: schedules and weights for one model, sampler and number of calls."""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from forecache.calibration.preset_content import PresetContent
from forecache.calibration.preset_json import print_preset, read_preset
from forecache.calibration.preset_report import report_of
from forecache.calibration.preset_source import PresetSource
from forecache.errors import ForecacheError


@dataclass(frozen=True)
class Preset(PresetContent):
    """What `calibrate` makes and `enable` applies."""

    @classmethod
    def load(cls, file: str | PathLike[str]) -> Preset:
        """Reads a preset's file. Raises ForecacheError naming the file and the rule it breaks."""
        try:
            content = read_preset(json.loads(Path(file).read_text(encoding="utf-8")))
        except OSError as error:
            raise ForecacheError(f"preset {file} cannot be read: {error.strerror}") from error
        except json.JSONDecodeError as error:
            raise ForecacheError(f"preset {file} must be JSON: {error}") from error
        except ForecacheError as error:
            raise ForecacheError(f"preset {file}: {error}") from error
        return cls(**vars(content))

    def save(self, file: str | PathLike[str]) -> None:
        """Writes the preset's file."""
        text = json.dumps(print_preset(self), indent=2, allow_nan=False)
        Path(file).write_text(f"{text}\n", encoding="utf-8")

    def source(self, full_calls: int | None = None) -> PresetSource:
        """The plan of the variant with so many full calls, for `enable(pipe, sidecar=...)`.

        Without a number the only variant. Raises ForecacheError for a number that there is not.
        """
        return PresetSource(self, self.variant(full_calls))

    def report(self) -> str:
        """A table for people: every variant with the errors that were seen."""
        return report_of(self)
