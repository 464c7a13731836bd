"""The report as a ComfyUI IMAGE."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from forecache_comfyui.nodes.report_ink import BODY, MARGIN, MUTED, PAPER, WIDTH, wrapped, write
from forecache_comfyui.nodes.report_panel import draw_panel
from forecache_comfyui.run_report import RunReport

MOST_RUNS = 8
"""Runs that are drawn; of more the last ones."""


def report_image(runs: Sequence[RunReport], empty: str) -> Tensor:
    """The runs below each other, [1, height, width, 3] from 0 to 1.

    empty: what is said where there is none.
    """
    panels = [draw_panel(run) for run in runs[-MOST_RUNS:]] or [_said(empty)]
    image = Image.new("RGB", (WIDTH, sum(panel.height for panel in panels)), PAPER)
    top = 0
    for panel in panels:
        image.paste(panel, (0, top))
        top += panel.height
    return torch.from_numpy(np.asarray(image, dtype=np.float32) / 255.0)[None]


def _said(text: str) -> Image.Image:
    lines = wrapped(text, BODY, WIDTH - 2 * MARGIN)
    image = Image.new("RGB", (WIDTH, 2 * MARGIN + 28 * len(lines)), PAPER)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        write(draw, (MARGIN, MARGIN + 28 * row), line, MUTED, BODY)
    return image
