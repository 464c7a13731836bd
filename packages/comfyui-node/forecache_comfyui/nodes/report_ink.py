"""Colours, sizes and fonts of the report's picture."""

from __future__ import annotations

from functools import cache

from PIL import ImageDraw, ImageFont

Ink = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH = 1200
MARGIN = 40

PAPER: Ink = (24, 26, 31)
RULE: Ink = (58, 62, 71)
TEXT: Ink = (236, 238, 242)
MUTED: Ink = (152, 158, 170)
FULL: Ink = (92, 148, 255)
FORECAST: Ink = (76, 206, 148)
AGAINST: Ink = (255, 176, 66)
WRONG: Ink = (255, 112, 104)

TITLE, BODY, SMALL, NUMBER = 30, 19, 16, 34

_PLAIN = str.maketrans({"×": "x", "–": "-", "—": "-", "’": "'", "…": "...", "·": "-", "≥": ">="})


@cache
def font(size: int) -> Font:
    """Pillow's own font: no file of the machine is looked for."""
    return ImageFont.load_default(size)


def write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, ink: Ink, size: int
) -> None:
    """A line of text, its upper left corner at `place`."""
    draw.text(place, plain(text), fill=ink, font=font(size))


def plain(text: str) -> str:
    """What the font has signs for: it knows ASCII."""
    return text.translate(_PLAIN).encode("ascii", "replace").decode()


def text_width(text: str, size: int) -> int:
    """Pixels that a line takes."""
    return int(font(size).getlength(plain(text)))


def wrapped(text: str, size: int, width: int) -> list[str]:
    """A text as lines that fit. Words that are longer than a line are cut."""
    lines: list[str] = []
    for word in text.split():
        while text_width(word, size) > width:
            keep = max(1, len(word) * width // (text_width(word, size) + 1))
            lines.append(word[:keep])
            word = word[keep:]  # noqa: PLW2901 # what is left of it
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
