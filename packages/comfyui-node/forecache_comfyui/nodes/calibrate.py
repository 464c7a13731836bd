"""The node that measures a model and makes a preset of it."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from comfy_api.latest import io, ui
from torch import Tensor

from forecache.calibration.making import compile_making
from forecache.calibration.solver import Solver, answering
from forecache.errors import ForecacheError, NoPlanError
from forecache_comfyui.calibration.guided_calibration import assert_possible, calibrate_guided
from forecache_comfyui.calibration.guided_run import GuidedSampling
from forecache_comfyui.calibration.preset_file import new_preset_file, save_preset
from forecache_comfyui.nodes.advanced_inputs import sidecar_input
from forecache_comfyui.nodes.comfy_server import send_text
from forecache_comfyui.nodes.inputs import CATEGORY
from forecache_comfyui.nodes.sources import NOBODY, SidecarChoice, found_address

logger = logging.getLogger("forecache")

ELEMENTS = 65536
"""Elements of a latent that inner products are taken of; the same ones of every output."""

_GUIDER = "Model, prompts and guidance that the preset is for, as SamplerCustomAdvanced takes them."
_SAMPLER = "One evaluation a step, such as euler, dpmpp_2m or uni_pc. Others are refused by name."
_SIGMAS = "The schedule that the preset is for; a part of one is a schedule too."
_LATENT = "An empty latent of the size that the preset is for. No mask."
_FIRST_SEED = "Runs are made from this seed on: runs + held_out of them. Default 100000."
_RUNS = (
    "Runs that schedules and weights are fitted to. Default 8. More is closer, and takes longer."
)
_HELD_OUT = "Further runs that only the error is measured on. Default 4. 0: an estimate instead."
_FULL_CALLS = (
    "Evaluations to compute, several numbers with commas: one variant each. Default 12. Fewer is "
    "faster and less exact."
)
_NAME = "Of the preset: policy preset with options preset=NAME, full_calls=12 uses it afterwards."


class ForecacheCalibrate(io.ComfyNode):  # type: ignore[misc] # ComfyUI has no types
    """GUIDER, SAMPLER, SIGMAS and LATENT to a preset in a file."""

    @classmethod
    def define_schema(cls) -> Any:
        """What ComfyUI shows."""
        many = {"min": 0, "max": 2**31 - 1}
        return io.Schema(
            node_id="ForecacheCalibrate",
            display_name="Forecache Calibrate",
            category=CATEGORY,
            description="Samples a few seeds, finds which evaluations to compute and what stands "
            "in for the others, and saves it as a preset. Takes as long as tens of pictures.",
            inputs=[
                io.Guider.Input("guider", tooltip=_GUIDER),
                io.Sampler.Input("sampler", tooltip=_SAMPLER),
                io.Sigmas.Input("sigmas", tooltip=_SIGMAS),
                io.Latent.Input("latent_image", tooltip=_LATENT),
                io.String.Input("name", default="my-preset", tooltip=_NAME),
                io.String.Input("full_calls", default="12", tooltip=_FULL_CALLS),
                io.Int.Input("runs", default=8, min=1, max=64, tooltip=_RUNS),
                io.Int.Input("held_out", default=4, min=0, max=64, tooltip=_HELD_OUT),
                io.Int.Input("first_seed", default=100000, **many, tooltip=_FIRST_SEED),
                sidecar_input(),
            ],
            outputs=[
                io.String.Output("preset", display_name="preset", tooltip="Its name."),
                io.String.Output("report", display_name="report", tooltip="What was measured."),
            ],
            hidden=[io.Hidden.unique_id],
            is_output_node=True,
        )

    @classmethod
    def execute(  # noqa: PLR0913, PLR0917 # as ComfyUI calls it
        cls,
        guider: Any,
        sampler: Any,
        sigmas: Tensor,
        latent_image: Any,
        name: str,
        full_calls: str,
        runs: int,
        held_out: int,
        first_seed: int,
        sidecar: SidecarChoice | None = None,
    ) -> Any:
        """Checks everything that can be, then samples. Nothing is written before the end."""
        show = _shown_on(cls.hidden.unique_id)
        options = compile_making(parse_counts(full_calls), elements=ELEMENTS, keep="host")
        file = new_preset_file(name)
        sampling = sampling_of(guider, sampler, sigmas, latent_image, show)
        assert_possible(sampling, options)
        unseen = range(first_seed + runs, first_seed + runs + held_out)
        warnings: list[str] = []
        with solver_of(sidecar or SidecarChoice()) as solver:
            preset = calibrate_guided(
                sampling,
                options,
                solver,
                name=name,
                seeds=range(first_seed, first_seed + runs),
                unseen=unseen,
                warn=_noted(warnings),
            )
        save_preset(preset, file)
        logger.info("forecache: preset %s is in %s", name, file)
        report = "\n".join([preset.report(), *(f"warning: {each}" for each in warnings)])
        show(report)
        return io.NodeOutput(name, report, ui=ui.PreviewText(report))


def parse_counts(text: str) -> list[int]:
    """`18, 12` as numbers. Raises ForecacheError for anything else."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ForecacheError(f"full_calls must be integers with commas, such as 18, 12: got {text}")
    return [int(part) for part in parts]


def sampling_of(
    guider: Any, sampler: Any, sigmas: Tensor, latent_image: Any, show: Callable[[str], None]
) -> GuidedSampling:
    """The wires as SamplerCustomAdvanced reads them. Raises ForecacheError for a mask."""
    from comfy.sample import (  # noqa: PLC0415 # only inside ComfyUI
        fix_empty_latent_channels,
        prepare_noise,
    )

    if latent_image.get("noise_mask") is not None:
        raise ForecacheError("latent_image must have no noise_mask: what it keeps is not forecast")
    latent = fix_empty_latent_channels(guider.model_patcher, latent_image["samples"])
    made = itertools.count(1)
    return GuidedSampling(
        guider,
        sampler,
        sigmas,
        latent,
        noise=lambda seed: prepare_noise(latent, seed),
        made=lambda: show(f"calibrating: {next(made)} runs made"),
    )


@contextmanager
def solver_of(choice: SidecarChoice) -> Iterator[Solver]:
    """The sidecar of a wire, else the one that is found. Raises ForecacheError without one."""
    if choice.plan_file:
        raise ForecacheError("sidecar must be one with an address: a plan file cannot calibrate")
    address = choice.address or found_address()
    if address is None:
        raise NoPlanError(NOBODY)
    with answering(address, choice.tls) as solver:
        yield solver


def _noted(warnings: list[str]) -> Callable[[str], None]:
    def warn(warning: str) -> None:
        if warning not in warnings:
            logger.warning("forecache: %s", warning)
            warnings.append(warning)

    return warn


def _shown_on(node_id: str | None) -> Callable[[str], None]:
    def show(text: str) -> None:
        if node_id is not None:
            send_text(text, node_id)

    return show
