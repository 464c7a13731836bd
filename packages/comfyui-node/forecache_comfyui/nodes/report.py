"""The node that shows what a run did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io, ui

from forecache_comfyui.nodes.comfy_server import current_prompt, send_text
from forecache_comfyui.nodes.inputs import CATEGORY
from forecache_comfyui.nodes.report_image import report_image
from forecache_comfyui.nodes.reports import SHELF, ReportShelf
from forecache_comfyui.run_report import RunReport

NO_RUN = "No run with a Forecache node so far: everything was computed."
EARLIER = "Nothing was sampled with a Forecache node in this prompt. The run before it:"


class ForecacheReport(io.ComfyNode):  # type: ignore[misc] # ComfyUI has no types
    """The runs of this prompt as text and as a picture."""

    @classmethod
    def define_schema(cls) -> Any:
        """What ComfyUI shows."""
        return io.Schema(
            node_id="ForecacheReport",
            display_name="Forecache Report",
            category=CATEGORY,
            description="What was computed and what was forecast, with the measured error.",
            inputs=[
                io.AnyType.Input(
                    "after",
                    tooltip="Anything that the sampler makes, such as its LATENT: the report is "
                    "written once it is there. Passed on as it is.",
                )
            ],
            outputs=[
                io.String.Output("text", display_name="text", tooltip="The report as text."),
                io.Image.Output(
                    "image", display_name="image", tooltip="One bar per evaluation of every run."
                ),
                io.AnyType.Output("passed", display_name="after", tooltip="What came in."),
            ],
            hidden=[io.Hidden.unique_id],
            is_output_node=True,
        )

    @classmethod
    def fingerprint_inputs(cls, **_inputs: Any) -> float:
        """Not a number, which equals nothing: the report is written at every prompt."""
        return float("nan")

    @classmethod
    def execute(cls, after: Any) -> Any:
        """The runs of this prompt; the newest one of an earlier prompt, marked as such, where the
        sampler's result was still there or no Forecache node was on its model.
        """
        text, runs = newest_runs(SHELF, current_prompt())
        if cls.hidden.unique_id is not None:
            # The page shows `ui` text on nodes that it knows; this one it shows on any.
            send_text(text, cls.hidden.unique_id)
        return io.NodeOutput(text, report_image(runs, text), after, ui=ui.PreviewText(text))


def newest_runs(shelf: ReportShelf, prompt: str | None) -> tuple[str, Sequence[RunReport]]:
    """What to say about a prompt, and the runs to draw."""
    runs = shelf.of_prompt(prompt)
    if runs:
        return "\n\n".join(run.text() for run in runs), runs
    newest = shelf.newest()
    if newest is None:
        return NO_RUN, ()
    if prompt is None:
        return newest.text(), (newest,)
    return f"{EARLIER}\n\n{newest.text()}", (newest,)
