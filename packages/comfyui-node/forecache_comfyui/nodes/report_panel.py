"""One run as a picture: what it was, five numbers, its timeline and what there is to say."""

from __future__ import annotations

from PIL import Image, ImageDraw

from forecache_comfyui.nodes.report_ink import (
    AGAINST,
    BODY,
    FORECAST,
    FULL,
    MARGIN,
    MUTED,
    NUMBER,
    PAPER,
    RULE,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    WRONG,
    Ink,
    text_width,
    wrapped,
    write,
)
from forecache_comfyui.nodes.report_timeline import HEIGHT, draw_timeline, marks
from forecache_comfyui.run_report import RunReport

_LINE = 27
_INNER = WIDTH - 2 * MARGIN


def draw_panel(report: RunReport) -> Image.Image:
    """The picture of one run; its height depends on how much there is to say."""
    policy = wrapped(_policy(report), BODY, _INNER)
    notes = _notes(report)
    top = MARGIN + 46 + len(policy) * _LINE + 18
    height = top + 86 + HEIGHT + 44 + len(notes) * _LINE + MARGIN // 2
    image = Image.new("RGB", (WIDTH, height), PAPER)
    draw = ImageDraw.Draw(image)
    title = f"{report.model}, {report.sampler}"
    write(draw, (MARGIN, MARGIN - 8), title, TEXT, TITLE)
    for row, line in enumerate(policy):
        write(draw, (MARGIN, MARGIN + 40 + row * _LINE), line, MUTED, BODY)
    _draw_numbers(draw, top, report)
    draw_timeline(draw, top + 86, report)
    _draw_legend(draw, top + 86 + HEIGHT, report)
    for row, (line, ink) in enumerate(notes):
        write(draw, (MARGIN, top + 86 + HEIGHT + 44 + row * _LINE), line, ink, BODY)
    return image


def numbers(report: RunReport) -> list[tuple[str, str]]:
    """The numbers in the header with what they are."""
    error = report.forecast_error
    outcome = "running" if report.outcome is None else report.outcome.value
    return [
        (f"{report.full} / {len(report.timeline)}", "computed"),
        (str(report.forecast), "forecast"),
        (f"{report.speedup:.2f}×", f"speed-up, {report.saved_seconds:.1f} s saved"),
        ("none" if error is None else f"{error:.2%}", "forecast error"),
        (f"{report.history_bytes / 2**20:.1f} MiB", "history at most"),
        (outcome, "outcome"),
    ]


def _policy(report: RunReport) -> str:
    if not report.policy:
        return "no plan"
    return f"{report.policy} at {report.granularity}"


def _notes(report: RunReport) -> list[tuple[str, Ink]]:
    """Reasons, the bypass and warnings, as lines that fit."""
    notes = [(f"{mark.letter}: {mark.count} x {mark.reason}", AGAINST) for mark in marks(report)]
    if report.bypass is not None:
        notes.append((f"bypassed: {report.bypass}", WRONG))
    notes += [(f"warning: {warning}", AGAINST) for warning in report.warnings]
    return [(line, ink) for text, ink in notes for line in wrapped(text, BODY, _INNER)]


def _draw_numbers(draw: ImageDraw.ImageDraw, top: int, report: RunReport) -> None:
    every = numbers(report)
    wide = _INNER / len(every)
    for column, (number, meaning) in enumerate(every):
        left = MARGIN + column * wide
        write(draw, (left, top), number, TEXT, NUMBER)
        write(draw, (left, top + 42), meaning, MUTED, SMALL)


def _draw_legend(draw: ImageDraw.ImageDraw, top: int, report: RunReport) -> None:
    """Only what can be seen in the bars."""
    against = sum(bool(each.reasons) for each in report.timeline)
    entries: list[tuple[int, Ink, str]] = [
        (report.full - against, FULL, "computed"),
        (report.forecast, FORECAST, "forecast"),
        (against, AGAINST, "computed against the plan"),
        (report.evaluations - len(report.timeline), RULE, "not made"),
    ]
    left = MARGIN
    for count, ink, meaning in entries:
        if count > 0:
            draw.rectangle((left, top + 4, left + 14, top + 18), fill=ink)
            write(draw, (left + 24, top), meaning, MUTED, SMALL)
            left += 24 + text_width(meaning, SMALL) + 36
