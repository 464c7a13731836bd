"""The picture of a report: bars where they belong, in the colours of what was done."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from forecache.plan import RunOutcome
from forecache_comfyui.nodes.report_image import MOST_RUNS, report_image
from forecache_comfyui.nodes.report_ink import (
    AGAINST,
    FULL,
    PAPER,
    WIDTH,
    WRONG,
    Ink,
    plain,
    text_width,
    wrapped,
)
from forecache_comfyui.nodes.report_ink import FORECAST as FORECAST_INK
from forecache_comfyui.nodes.report_panel import draw_panel, numbers
from forecache_comfyui.nodes.report_timeline import HEIGHT, draw_timeline, labelled, marks
from forecache_comfyui.run_report import FORECAST, Evaluation, RunReport
from forecache_comfyui.run_report import FULL as FULL_ACTION


def run_of(actions: str, evaluations: int | None = None) -> RunReport:
    """One letter an evaluation: full, forecast, `x` computed against the plan."""
    report = RunReport("Flux", "euler", evaluations or len(actions), "7", "taylorseer", "hidden")
    for index, letter in enumerate(actions):
        reasons = ("the prompt changed",) if letter == "x" else ()
        action = FORECAST if letter == "f" else FULL_ACTION
        sigma = 1 - index / max(1, len(actions))
        report.timeline.append(Evaluation(index, sigma, action, reasons))
        report.reasons.update(reasons)
    report.outcome = RunOutcome.OK
    return report


def bars(report: RunReport, height_above_base: int = 20) -> list[Ink]:
    """The colours along the bars, at this height, without repetitions and gaps."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw_timeline(ImageDraw.Draw(image), 0, report)
    row = [image.getpixel((x, 130 - height_above_base)) for x in range(117, WIDTH - 40)]
    changes = [ink for ink, before in zip(row, [None, *row], strict=False) if ink != before]
    return [ink for ink in changes if ink != PAPER]


def inks(image: Tensor) -> set[Ink]:
    """The colours of a picture."""
    pixels = (image[0] * 255).round().int().reshape(-1, 3)
    return {(int(r), int(g), int(b)) for r, g, b in torch.unique(pixels, dim=0)}


def test_a_bar_for_every_evaluation_in_the_colour_of_what_was_done() -> None:
    assert bars(run_of("FFfxf")) == [FULL, FULL, FORECAST_INK, AGAINST, FORECAST_INK]


def test_forecast_bars_are_short() -> None:
    assert bars(run_of("FFfxf"), height_above_base=80) == [FULL, FULL, AGAINST]


def test_the_picture_is_a_comfyui_image() -> None:
    image = report_image([run_of("FFff")], "")
    assert image.dtype == torch.float32
    assert image.shape[::2] == (1, WIDTH)
    assert image.shape[3] == 3
    assert float(image.min()) >= 0
    assert float(image.max()) <= 1


def test_runs_are_below_each_other_and_only_the_last_ones() -> None:
    one = report_image([run_of("FFff")], "").shape[1]
    assert report_image([run_of("FFff")] * 2, "").shape[1] == 2 * one
    assert report_image([run_of("FFff")] * (MOST_RUNS + 3), "").shape[1] == MOST_RUNS * one


def test_without_a_run_the_picture_says_so() -> None:
    assert len(inks(report_image([], "No run so far"))) > 1


def test_a_bypass_is_written_in_its_colour() -> None:
    report = run_of("FFFF")
    assert WRONG not in inks(report_image([report], ""))
    report.bypass = "EasyCache is on the same model"
    assert WRONG in inks(report_image([report], ""))


def test_reasons_and_warnings_make_room_for_themselves() -> None:
    plainly = draw_panel(run_of("FFff")).height
    warned = run_of("FFxf")
    warned.warnings.append("module cannot be reached, hidden is used: " + "because " * 30)
    assert draw_panel(warned).height > plainly + 2 * 27


@pytest.mark.parametrize(
    "report", [RunReport("Flux", "euler", 0), run_of("F", 1), run_of("f", 300)]
)
def test_runs_without_much_to_show_are_drawn(report: RunReport) -> None:
    assert draw_panel(report).width == WIDTH


def test_evaluations_beyond_the_schedule_are_drawn() -> None:
    assert len(bars(run_of("FFFFFF", 4))) == 6


def test_numbers() -> None:
    report = run_of("FFff")
    report.history_bytes = 3 * 2**20
    assert {meaning: number for number, meaning in numbers(report)} == {
        "computed": "2 / 4",
        "forecast": "2",
        "speed-up, 0.0 s saved": "1.00×",
        "forecast error": "none",
        "history at most": "3.0 MiB",
        "outcome": "ok",
    }


def test_marks_name_reasons_in_the_order_they_came() -> None:
    report = run_of("xx")
    report.reasons["another"] = 3
    assert [(mark.letter, mark.reason, mark.count) for mark in marks(report)] == [
        ("a", "the prompt changed", 2),
        ("b", "another", 3),
    ]


def test_labels_do_not_touch() -> None:
    report = run_of("F" * 60)
    wide = 18.0
    slots = labelled(report, wide)
    widest = max(text_width(f"{each.sigma:.3g}", 16) for each in report.timeline)
    assert all((after - before) * wide > widest for before, after in pairwise(slots))


def test_lines_fit_and_lose_nothing() -> None:
    text = "a word and averyveryverylongword" + "g" * 90 + " and more words than one line takes"
    lines = wrapped(text, 19, 300)
    assert max(text_width(line, 19) for line in lines) <= 300
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_signs_that_the_font_lacks_are_replaced() -> None:
    assert plain("2.1× – Ω") == "2.1x - ?"
