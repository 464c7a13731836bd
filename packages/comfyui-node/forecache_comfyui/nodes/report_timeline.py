"""The bars of one run: an evaluation each, over the sigmas."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import ImageDraw

from forecache_comfyui.nodes.report_ink import (
    AGAINST,
    BODY,
    FORECAST,
    FULL,
    MARGIN,
    MUTED,
    RULE,
    SMALL,
    WIDTH,
    Ink,
    text_width,
    write,
)
from forecache_comfyui.run_report import FORECAST as FORECAST_ACTION
from forecache_comfyui.run_report import Evaluation, RunReport

HEIGHT = 190
"""Of the bars with what is above and below them."""

_TALL, _SHORT = 96, 40
_BASE = 130
_NAMES = 76  # width of the words left of the axis


@dataclass(frozen=True)
class Mark:
    """A reason to compute evaluations against the plan, and the letter that stands for it."""

    letter: str
    reason: str
    count: int


def marks(report: RunReport) -> list[Mark]:
    """The reasons of a run, the first one `a`."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [
        Mark(letters[number % len(letters)], reason, count)
        for number, (reason, count) in enumerate(report.reasons.items())
    ]


def draw_timeline(draw: ImageDraw.ImageDraw, top: int, report: RunReport) -> None:
    """Bars of equal width: tall is computed, short is forecast, an outline was not made."""
    slots = max(report.evaluations, len(report.timeline), 1)
    left, base = MARGIN + _NAMES, top + _BASE
    wide = (WIDTH - MARGIN - left) / slots
    letters = {mark.reason: mark.letter for mark in marks(report)}
    draw.line((left, base, WIDTH - MARGIN, base), fill=RULE, width=2)
    for slot in range(slots):
        start = left + slot * wide
        gap = min(6.0, wide / 5)
        sides = (start + gap / 2, start + wide - gap / 2)
        if slot >= len(report.timeline):
            draw.rectangle((sides[0], base - _SHORT, sides[1], base - 2), outline=RULE, width=2)
            continue
        each = report.timeline[slot]
        height = _SHORT if each.action == FORECAST_ACTION else _TALL
        draw.rectangle((sides[0], base - height, sides[1], base - 2), fill=ink_of(each))
        for reason in each.reasons[:1]:
            _centred(draw, start + wide / 2, base - height - 24, letters.get(reason, "?"))
    write(draw, (MARGIN, base + 8), "index", MUTED, SMALL)
    write(draw, (MARGIN, base + 32), "sigma", MUTED, SMALL)
    for slot in labelled(report, wide):
        middle = left + (slot + 0.5) * wide
        draw.line((middle, base, middle, base + 6), fill=RULE, width=2)
        _centred(draw, middle, base + 8, str(slot), MUTED, SMALL)
        _centred(draw, middle, base + 32, sigma_text(report.timeline[slot].sigma), MUTED, SMALL)


def ink_of(evaluation: Evaluation) -> Ink:
    """The colour of a bar."""
    if evaluation.action == FORECAST_ACTION:
        return FORECAST
    return AGAINST if evaluation.reasons else FULL


def labelled(report: RunReport, wide: float) -> list[int]:
    """Slots that have room for their index and sigma below them."""
    texts = [sigma_text(each.sigma) for each in report.timeline]
    widest = max((text_width(text, SMALL) for text in texts), default=0) + 14
    every = max(1, -(-widest // max(1, int(wide))))
    return list(range(0, len(texts), every))


def sigma_text(sigma: float) -> str:
    """Three digits that matter."""
    return f"{sigma:.3g}"


def _centred(
    draw: ImageDraw.ImageDraw,
    middle: float,
    top: float,
    text: str,
    ink: Ink = AGAINST,
    size: int = BODY,
) -> None:
    write(draw, (middle - text_width(text, size) / 2, top), text, ink, size)
