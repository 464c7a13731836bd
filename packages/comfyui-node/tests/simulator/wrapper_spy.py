"""Watches a run through all of ComfyUI's wrappers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from comfy_host import ComfyHost, SampleRun
from simulated_host import SimulatedHost
from torch import Tensor
from wrapper_executor import WrappersMP

KINDS = (
    WrappersMP.OUTER_SAMPLE,
    WrappersMP.SAMPLER_SAMPLE,
    WrappersMP.PREDICT_NOISE,
    WrappersMP.CALC_COND_BATCH,
    WrappersMP.APPLY_MODEL,
    WrappersMP.DIFFUSION_MODEL,
)


@dataclass
class Spy:
    """What was seen.

    entered: kinds of wrappers, in order. args: of every wrapper by kind. outputs: likewise.
    options: of every call of the network, as they were then. owners: class of `class_obj` by kind.
    """

    entered: list[str] = field(default_factory=list)
    args: dict[str, list[Any]] = field(default_factory=dict)
    outputs: dict[str, list[Any]] = field(default_factory=dict)
    options: list[dict[str, Any]] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    latent: Tensor | None = None

    def wrapper(self, kind: str) -> Any:
        """Notes what goes in and what comes out."""

        def seen(executor: Any, *args: Any, **kwargs: Any) -> Any:
            self.entered.append(kind)
            self.args.setdefault(kind, []).append(args)
            self.owners[kind] = type(executor.class_obj).__name__
            if kind == WrappersMP.APPLY_MODEL:
                self.options.append(dict(args[5]))
            output = executor(*args, **kwargs)
            self.outputs.setdefault(kind, []).append(output)
            return output

        return seen

    @property
    def sigmas(self) -> list[float]:
        """Of the evaluations, rounded to two digits."""
        return [round(float(args[1][0]), 2) for args in self.args[WrappersMP.PREDICT_NOISE]]


def spied(kind: str, run: SampleRun, host: ComfyHost | None = None) -> Spy:
    """A run of a fresh model, seen through all wrappers; by default of the simulator's."""
    host, spy = host or SimulatedHost(), Spy()
    patcher = host.model(kind)
    for each in KINDS:
        patcher.add_wrapper_with_key(each, "spy", spy.wrapper(each))
    spy.latent = host.sample(patcher, run)
    return spy
