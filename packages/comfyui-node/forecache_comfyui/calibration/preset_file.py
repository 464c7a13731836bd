"""Where a preset is put so that the sidecar finds it by its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from forecache.calibration.preset import Preset
from forecache.calibration.preset_content import assert_name
from forecache.errors import ForecacheError


def presets_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's directory, by the rules of the sidecar: `FORECACHE_PRESETS`, else
    `forecache/presets` in the configuration directory.
    """
    named = environment.get("FORECACHE_PRESETS")
    if named:
        return Path(named)
    given = environment.get("XDG_CONFIG_HOME", "")
    base = Path(given) if Path(given).is_absolute() else Path.home() / ".config"
    return base / "forecache" / "presets"


def new_preset_file(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The file of a preset that there is not yet. Raises ForecacheError for a name that is none
    or is taken.
    """
    assert_name(name)
    file = presets_directory(environment) / f"{name}.json"
    if file.exists():
        raise ForecacheError(f"name must be that of a new preset, {file} is there already")
    return file


def save_preset(preset: Preset, file: Path) -> None:
    """Writes the whole file or none. Raises ForecacheError where it cannot."""
    unfinished = file.with_suffix(".unfinished")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        preset.save(unfinished)
        unfinished.rename(file)
    except OSError as error:
        raise ForecacheError(f"preset {file} cannot be written: {error.strerror}") from error
