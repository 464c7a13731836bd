"""What a preset says. The fields are those of `packages/cache-policy/src/calibration/preset.ts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from forecache.errors import ForecacheError
from forecache.plan import Granularity

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
NAME_RULE = "1 to 100 letters, digits, dots, dashes and underscores, a letter or digit first"


@dataclass(frozen=True)
class Measured:
    """What was seen while a variant was made; not part of its file.

    All are relative to the final samples, sqrt(Σ |x - x*|² / Σ |x*|²) over the runs.

    drift: what the search for the schedule expected.
    predicted: what the last fit expected of its own weights.
    realised: by round, on the runs of the fit. The preset has the weights of the smallest.
    left_out: what the fit expected on runs left out in turn; None with a single run.
    held_out: on runs that no fit has seen; None without.
    """

    drift: float
    predicted: tuple[float, ...]
    realised: tuple[float, ...]
    left_out: float | None
    held_out: float | None

    @property
    def best_round(self) -> int:
        """The round whose weights the preset has."""
        return min(range(len(self.realised)), key=lambda each: self.realised[each])


@dataclass(frozen=True)
class PresetVariant:
    """One schedule with its weights.

    full_calls: rising, the first is 0. weights: of every other call, newest feature first.
    relative_error: of final samples of left-out runs, sqrt(Σ |x - x*|² / Σ |x*|²); None: not
    measured. psnr: in dB; None: not measured.
    """

    full_calls: tuple[int, ...]
    weights: tuple[tuple[float, ...], ...]
    relative_error: float | None = None
    psnr: float | None = None
    measured: Measured | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PresetIdentity:
    """What a preset was measured on.

    timesteps: of every call, strictly monotone, empty when unknown. guidance: None without.
    size: `1024x1024`, empty when unknown.
    """

    model: str
    sampler: str
    steps: int
    calls: int
    timesteps: tuple[float, ...] = ()
    guidance: float | None = None
    size: str = ""


@dataclass(frozen=True)
class PresetProvenance:
    """Where a preset comes from. held_out_runs 0: the fitted runs were left out in turn."""

    runs: int
    seeds: tuple[int, ...] = ()
    held_out_runs: int = 0
    note: str = ""


@dataclass(frozen=True)
class PresetContent:
    """All of a preset. variants: by rising number of full calls, at least one."""

    name: str
    identity: PresetIdentity
    provenance: PresetProvenance
    variants: tuple[PresetVariant, ...]
    granularity: Granularity = Granularity.OUTPUT

    def __post_init__(self) -> None:
        assert_name(self.name)

    def variant(self, full_calls: int | None = None) -> PresetVariant:
        """The variant with so many full calls; without a number the only one there is."""
        by_count: Mapping[int, PresetVariant] = {
            len(each.full_calls): each for each in self.variants
        }
        if full_calls is None and len(by_count) == 1:
            return self.variants[0]
        if full_calls is None or full_calls not in by_count:
            known = ", ".join(map(str, by_count))
            raise ForecacheError(f"full_calls must be one of {known}, got {full_calls}")
        return by_count[full_calls]


def assert_name(name: str) -> None:
    """Raises ForecacheError unless a preset may be called so."""
    if NAME.fullmatch(name) is None:
        raise ForecacheError(f"name must be {NAME_RULE}, got {name!r}")
