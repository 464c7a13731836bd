"""What `enable(preset=...)` means: a plan of one's own, or a name that the sidecar knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from forecache.client import SidecarSource
from forecache.client.own_sidecar import OwnSidecarSource
from forecache.diffusers.preset_variant import CHOOSERS, choose_variant
from forecache.errors import ForecacheError
from forecache.options import DTYPE_SPELLINGS, MEANINGLESS
from forecache.plan import PlanSource

if TYPE_CHECKING:
    from forecache.calibration import Preset

AUTO = "auto"
"""A sidecar that is found or started; a chooser that is not given."""

POLICY = "taylorseer"
"""The policy where neither policy nor preset is given."""

PRESET = "preset"

BUDGET = "auto"
"""The policy whose `max_error` is an error budget of its own."""


@dataclass(frozen=True)
class PresetChoice:
    """The policy with its options; source: of the plans, where the preset needs no sidecar."""

    policy: str
    options: Mapping[str, object]
    source: PlanSource | None = None


def choose_policy(
    policy: str | None,
    preset: str | PathLike[str] | Preset | None,
    options: Mapping[str, object],
    sidecar: str | PlanSource | None,
    plan: str | PathLike[str] | None,
) -> PresetChoice:
    """What `enable` was asked for. Raises ForecacheError naming both of two that exclude each
    other, and for what a preset of one's own does not have.
    """
    wish = {name: options[name] for name in CHOOSERS if options.get(name) not in (None, AUTO)}
    if preset is None:
        _assert_no_wish(policy, wish)
        return PresetChoice(POLICY if policy is None else policy, options)
    if policy not in (None, PRESET):
        raise ForecacheError("policy and preset both say what decides the calls: give one of them")
    if plan is not None:
        raise ForecacheError("plan and preset both say where plans come from: give one of them")
    if len(wish) > 1:
        raise ForecacheError(f"{' and '.join(wish)} both choose the variant: give one of them")
    if isinstance(preset, str) and not _is_file(preset):
        _assert_asks_a_sidecar(sidecar)
        return PresetChoice(PRESET, {**options, "preset": preset})
    if sidecar not in (None, AUTO):
        raise ForecacheError(
            "sidecar and preset both say where plans come from, since a preset that is a file "
            "or an object needs no sidecar: give one of them"
        )
    loaded = _loaded(preset)
    source = loaded.source(len(choose_variant(loaded, wish).full_calls))
    return PresetChoice(PRESET, _without_choosers(options), source)


def _is_file(text: str) -> bool:
    """As on the command line: a name has no slash and does not end so."""
    return text.endswith(".json") or re.search(r"[/\\]", text) is not None


def _loaded(preset: str | PathLike[str] | Preset) -> Preset:
    # Calibration runs pipelines by `enabled`, so it cannot be imported before this package is.
    from forecache.calibration import Preset  # noqa: PLC0415

    if isinstance(preset, Preset):
        return preset
    if isinstance(preset, str | PathLike):
        return Preset.load(preset)
    raise ForecacheError(f"preset must be a name, a file or a Preset, got {preset!r}")


def _assert_no_wish(policy: str | None, wish: Mapping[str, object]) -> None:
    """`max_error` alone has another meaning: it is the budget of policy `auto`."""
    for name in wish:
        if name == "max_error" and policy == BUDGET:
            continue
        other = ", or policy='auto'" if name == "max_error" else ""
        raise ForecacheError(f"{name} chooses a variant of a preset: give preset too{other}")


def _assert_asks_a_sidecar(sidecar: str | PlanSource | None) -> None:
    if sidecar is None or isinstance(sidecar, str | SidecarSource | OwnSidecarSource):
        return
    kind = type(sidecar).__name__
    raise ForecacheError(
        f"sidecar (a {kind}) and preset both say where plans come from: give one of them"
    )


def _without_choosers(options: Mapping[str, object]) -> dict[str, object]:
    """What is left for the tensors. A preset of one's own has no other options."""
    left = {name: value for name, value in options.items() if name not in CHOOSERS}
    for name, value in left.items():
        if value is not None and name not in (*DTYPE_SPELLINGS, *MEANINGLESS):
            raise ForecacheError(
                f"option of preset must be one of {', '.join(CHOOSERS)}, got {name!r}"
            )
    return left
