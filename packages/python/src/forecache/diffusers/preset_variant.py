"""Which variant of a preset a run wants, chosen without a sidecar, as a sidecar chooses.

The rules are those of `packages/cache-policy/src/calibration/choose-variant.ts`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING

from forecache.errors import ForecacheError

if TYPE_CHECKING:
    from forecache.calibration.preset_content import PresetContent, PresetVariant

CHOOSERS = ("full_calls", "max_error", "target_psnr")
"""Options that choose a variant: at most one of them."""

DEFAULT_PSNR = 40.0
DEFAULT_SHARE = 0.25
PERCENT_RULE = (
    "a number of per cent between 0 and 100, with or without the sign: 1% and 1 are the same"
)

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def choose_variant(preset: PresetContent, wish: Mapping[str, object]) -> PresetVariant:
    """The variant that `full_calls`, `max_error` (per cent) or `target_psnr` (dB) asks for.

    Without any of them the fewest full calls with 40 dB, else the highest PSNR; where none was
    measured, about a quarter of the calls. Raises ForecacheError for what the preset does not have.
    """
    for name, value in wish.items():
        if name == "full_calls":
            return preset.variant(_count(value))
        if name == "max_error":
            return _within_error(preset, _percent(value))
        return _with_psnr(preset, _psnr(value))
    return _by_itself(preset)


def _within_error(preset: PresetContent, percent: float) -> PresetVariant:
    for each in preset.variants:
        if each.relative_error is not None and 100 * each.relative_error <= percent:
            return each
    known = _known(preset, "%", lambda each: _times(100, each.relative_error))
    rule = f"an error in per cent that preset {preset.name} has by full calls ({known})"
    raise ForecacheError(f"max_error must be {rule}, got {percent:g}")


def _with_psnr(preset: PresetContent, wanted: float) -> PresetVariant:
    for each in preset.variants:
        if each.psnr is not None and each.psnr >= wanted:
            return each
    known = _known(preset, "dB", lambda each: each.psnr)
    rule = f"a PSNR in dB that preset {preset.name} has by full calls ({known})"
    raise ForecacheError(f"target_psnr must be {rule}, got {wanted:g}")


def _by_itself(preset: PresetContent) -> PresetVariant:
    measured = [(each.psnr, each) for each in preset.variants if each.psnr is not None]
    for psnr, each in measured:
        if psnr >= DEFAULT_PSNR:
            return each
    # Of two that are as good, the later one: it computes more.
    if measured:
        return max(reversed(measured), key=lambda pair: pair[0])[1]
    quarter = DEFAULT_SHARE * preset.identity.calls
    return min(reversed(preset.variants), key=lambda each: abs(len(each.full_calls) - quarter))


def _known(
    preset: PresetContent, unit: str, value_of: Callable[[PresetVariant], float | None]
) -> str:
    pairs = [(len(each.full_calls), value_of(each)) for each in preset.variants]
    known = [
        f"{count}: {float(f'{value:.3g}'):g} {unit}" for count, value in pairs if value is not None
    ]
    return ", ".join(known) or "none measured"


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def _count(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"\+?\d+", value):
        value = int(value)
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ForecacheError(f"full_calls must be an integer >= 1, got {value!r}")
    return int(value)


def _percent(value: object) -> float:
    text = re.sub(r" ?%$", "", value) if isinstance(value, str) else value
    percent = _number(text)
    if percent is None or not 0 <= percent <= 100:
        raise ForecacheError(f"max_error must be {PERCENT_RULE}, got {value!r}")
    return percent


def _psnr(value: object) -> float:
    psnr = _number(value)
    if psnr is None or psnr <= 0:
        raise ForecacheError(f"target_psnr must be a finite number > 0, got {value!r}")
    return psnr


def _number(value: object) -> float | None:
    """The finite number that a value is, or that its text spells; else None."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return float(value)
