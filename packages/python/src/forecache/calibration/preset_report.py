"""A preset as a table for people."""

from __future__ import annotations

from forecache.calibration.preset_content import PresetContent, PresetVariant

_HEAD = ("full calls", "predicted", "realised", "left out", "held out", "round", "schedule")


def report_of(preset: PresetContent) -> str:
    """Errors of the final sample in per cent of its norm, one line a variant.

    predicted: by the fit, realised: on the runs of the fit, left out: by the fit on runs left out
    in turn, held out: on runs that no fit has seen (of a loaded file: what it says of left-out
    runs). round: whose weights were kept, of how many.
    """
    identity, provenance = preset.identity, preset.provenance
    lines = [
        f"{preset.name}: {identity.model}, {identity.sampler}, {identity.calls} calls, "
        f"{preset.granularity.value}; {provenance.runs} runs, {provenance.held_out_runs} held out",
        _line(_HEAD),
    ]
    return "\n".join([*lines, *(_line(_cells(variant)) for variant in preset.variants)])


def _cells(variant: PresetVariant) -> tuple[str, ...]:
    count, schedule = str(len(variant.full_calls)), ",".join(map(str, variant.full_calls))
    seen = variant.measured
    if seen is None:
        return (count, "-", "-", "-", _percent(variant.relative_error), "-", schedule)
    best = seen.best_round
    return (
        count,
        _percent(seen.predicted[best]),
        _percent(seen.realised[best]),
        _percent(seen.left_out),
        _percent(seen.held_out),
        f"{best + 1} of {len(seen.realised)}",
        schedule,
    )


def _line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<12}" for cell in cells).rstrip()


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.3g} %"
