"""What the contract tests need from a ComfyUI, be it simulated or real."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor


@dataclass(frozen=True)
class SampleRun:
    """One sampler node's work on a tiny model.

    sampler: ComfyUI's name. steps, cfg, seed, denoise: as in KSampler. sigmas: instead of the
        scheduler's (`ManualSigmas`). first_step, last_step: as in KSamplerAdvanced.
    size: height and width of the latent. frames: of a video latent; other models take no notice.
    positive_tokens, negative_tokens: prompt lengths; different ones cannot share a batch.
    split: little memory, so that every prompt is a network call of its own.
    dual: DualCFGGuider, three prompts. areas: two prompts for two areas of different shape.
    switch_at: share of the steps after which another prompt takes over (timestep range).
    windows: length of a context window in frames, 0 for none.
    control: residuals of a ControlNet reach the model.
    interrupt_at: step after which the user presses stop. fail_at: network call that raises.
    on_step: called with the number of steps done.
    """

    sampler: str = "euler"
    steps: int = 12
    cfg: float = 1.0
    seed: int = 1
    denoise: float = 1.0
    batch: int = 1
    size: tuple[int, int] = (8, 8)
    frames: int = 5
    sigmas: tuple[float, ...] | None = None
    first_step: int | None = None
    last_step: int | None = None
    positive_tokens: int = 5
    negative_tokens: int = 5
    split: bool = False
    dual: bool = False
    areas: bool = False
    switch_at: float | None = None
    windows: int = 0
    control: bool = False
    interrupt_at: int | None = None
    fail_at: int | None = None
    on_step: Callable[[int], None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Guiding:
    """What SamplerCustomAdvanced is given, without the noise. latent: as on a LATENT wire."""

    guider: Any
    sampler: Any
    sigmas: Tensor
    latent: dict[str, Tensor]


class ModelBroke(Exception):
    """Raised by the network when `fail_at` says so."""


class ComfyHost(Protocol):
    """A ComfyUI with tiny random models of fixed weights: the same model twice is the same network.

    kinds: models it has, by name: `flux`, `hunyuan-video`, `wan`, `sd3`, `hidream`, `unknown`, ...
    can: what of `SampleRun` it can do beyond the plain fields: `dual`, `areas`, `switch_at`,
        `windows`, `control`, and samplers by name.
    interrupted: the exception that an interrupt raises.
    """

    name: str
    kinds: frozenset[str]
    can: frozenset[str]
    interrupted: type[Exception]

    def model(self, kind: str) -> Any:
        """A `ModelPatcher` over a fresh network."""

    def sample(self, patcher: Any, run: SampleRun) -> Tensor:
        """The latent, float32 on the CPU. Raises `interrupted`, ModelBroke."""

    def guiding(self, patcher: Any, run: SampleRun) -> Guiding:
        """The guider, sampler, sigmas and latent of a run."""

    def calls(self, patcher: Any) -> Mapping[str, int]:
        """How often parts of the network ran since it was made: `blocks`, one by one, and `head`,
        its last layer.
        """

    def add_easy_cache(self, patcher: Any) -> Any:
        """A clone with ComfyUI's EasyCache on it. Where `can` has `easycache`."""
