"""Presets as files, tables and plans."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from forecache.calibration import (
    Measured,
    Preset,
    PresetIdentity,
    PresetProvenance,
    PresetVariant,
)
from forecache.errors import ForecacheError
from forecache.plan import ActionKind, Granularity

PRESET = Preset(
    name="toy-4",
    identity=PresetIdentity(
        "toy", "EulerDiscreteScheduler", 4, 4, (4.0, 3.0, 2.0, 1.0), 3.5, "8x8"
    ),
    provenance=PresetProvenance(2, (5, 6), 1, "a note"),
    variants=(
        PresetVariant((0,), ((1.0,), (1.0,), (1.0,)), 0.5, None),
        PresetVariant((0, 2), ((1.0,), (2.0, -1.0)), 0.25, 31.5),
    ),
)

FILE = {
    "format": "forecache preset",
    "version": 1,
    "name": "toy-4",
    "identity": {
        "model": "toy",
        "sampler": "EulerDiscreteScheduler",
        "steps": 4,
        "calls": 4,
        "timesteps": [4.0, 3.0, 2.0, 1.0],
        "guidance": 3.5,
        "size": "8x8",
    },
    "granularity": "output",
    "provenance": {"runs": 2, "seeds": [5, 6], "heldOutRuns": 1, "note": "a note"},
    "variants": [
        {
            "fullCalls": [0],
            "weights": [[1.0], [1.0], [1.0]],
            "relativeError": 0.5,
            "psnr": None,
        },
        {
            "fullCalls": [0, 2],
            "weights": [[1.0], [2.0, -1.0]],
            "relativeError": 0.25,
            "psnr": 31.5,
        },
    ],
}


def test_the_file_is_the_documented_one(tmp_path: Path) -> None:
    PRESET.save(tmp_path / "toy.json")
    assert json.loads((tmp_path / "toy.json").read_text()) == FILE


def test_a_saved_preset_is_read_again(tmp_path: Path) -> None:
    PRESET.save(tmp_path / "toy.json")
    assert Preset.load(tmp_path / "toy.json") == PRESET


BROKEN: list[tuple[tuple[str | int, ...], Any, str]] = [
    (
        ("version",),
        2,
        'preset must be "forecache preset" of version 1, '
        'got {"format": "forecache preset", "version": 2}',
    ),
    (
        ("name",),
        "../x",
        "name must be 1 to 100 letters, digits, dots, dashes and underscores, "
        "a letter or digit first, got '../x'",
    ),
    (("identity",), None, "identity must be an object, got null"),
    (("identity", "calls"), 0, "identity.calls must be an integer >= 1, got 0"),
    (("identity", "guidance"), "2", 'identity.guidance must be a finite number, got "2"'),
    (
        ("identity", "timesteps"),
        [2.0, 1.0],
        "identity.timesteps must be empty or one a call (4), got [2.0, 1.0]",
    ),
    (
        ("granularity",),
        "layer",
        'granularity must be one of module, block, residual, hidden, output, change, got "layer"',
    ),
    (("provenance", "seeds"), [1.5], "provenance.seeds[0] must be an integer, got 1.5"),
    (("variants",), [], "variants must be at least one, got []"),
    (
        ("variants", 1, "fullCalls"),
        [1, 2],
        "variants[1].fullCalls must be rising call indices below 4, the first 0, got [1, 2]",
    ),
    (
        ("variants", 1, "fullCalls"),
        [0, 4],
        "variants[1].fullCalls must be rising call indices below 4, the first 0, got [0, 4]",
    ),
    (
        ("variants", 1, "weights"),
        [[1.0]],
        "variants[1].weights.length must be one a skipped call (2), got 1",
    ),
    (
        ("variants", 1, "weights", 0),
        [1.0, 0.0],
        "variants[1].weights[0] must be 1 to 1 numbers, got [1.0, 0.0]",
    ),
    (
        ("variants", 1, "weights", 1, 0),
        float("nan"),
        "variants[1].weights[1][0] must be a finite number, got NaN",
    ),
    (
        ("variants", 1, "relativeError"),
        True,
        "variants[1].relativeError must be a finite number, got true",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), BROKEN)
def test_a_broken_file_is_refused(
    tmp_path: Path, path: tuple[str | int, ...], value: Any, message: str
) -> None:
    content: Any = copy.deepcopy(FILE)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file = tmp_path / "toy.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ForecacheError) as raised:
        Preset.load(file)
    assert str(raised.value) == f"preset {file}: {message}"


def test_what_is_no_file_or_no_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "toy.json"
    with pytest.raises(ForecacheError) as raised:
        Preset.load(file)
    assert str(raised.value) == f"preset {file} cannot be read: No such file or directory"
    file.write_text("{")
    with pytest.raises(ForecacheError, match=r"must be JSON: Expecting property name"):
        Preset.load(file)


def test_a_variant_is_a_plan() -> None:
    plan = PRESET.source(2).plan
    kinds = [call.action.kind for call in plan.calls]
    full, forecast = ActionKind.FULL, ActionKind.FORECAST
    assert kinds == [full, forecast, full, forecast]
    assert [call.action.weights for call in plan.calls] == [(), (1.0,), (), (2.0, -1.0)]
    assert plan.steps == 4


@pytest.mark.parametrize("count", [None, 3])
def test_a_number_that_there_is_not_is_refused(count: int | None) -> None:
    with pytest.raises(ForecacheError) as raised:
        PRESET.source(count)
    assert str(raised.value) == f"full_calls must be one of 1, 2, got {count}"


def test_the_only_variant_needs_no_number() -> None:
    only = Preset(PRESET.name, PRESET.identity, PRESET.provenance, PRESET.variants[:1])
    assert only.variant() is PRESET.variants[0]


def test_the_report_of_a_file_says_what_the_file_says() -> None:
    assert PRESET.granularity is Granularity.OUTPUT
    assert PRESET.report().splitlines() == [
        "toy-4: toy, EulerDiscreteScheduler, 4 calls, output; 2 runs, 1 held out",
        "full calls  predicted   realised    left out    held out    round       schedule",
        "1           -           -           -           50 %        -           0",
        "2           -           -           -           25 %        -           0,2",
    ]


def test_the_report_of_a_calibration_says_what_was_seen() -> None:
    measured = Measured(0.1, (0.3, 0.02), (0.4, 0.05), 0.06, None)
    variant = PresetVariant((0, 2), ((1.0,), (2.0, -1.0)), 0.06, None, measured)
    preset = Preset("toy", PRESET.identity, PresetProvenance(2), (variant,))
    assert preset.report().splitlines()[-1] == (
        "2           2 %         5 %         6 %         -           2 of 2      0,2"
    )
