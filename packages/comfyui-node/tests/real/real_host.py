"""A real ComfyUI, in this process and on the CPU, for the contract tests."""

# ruff: noqa: PLC0415 # comfy can be imported after `import_comfy` only

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from typing import Any

from comfy_host import Guiding, SampleRun
from comfy_root import comfy_version, import_comfy
from real_sampling import guiding, sample
from tiny_models import TINY_MODELS
from tiny_network import build_patcher, counts, kinds_here
from torch import Tensor


class RealHost:
    """Implements `ComfyHost` on the checkout that `COMFYUI_ROOT` names."""

    def __init__(self) -> None:
        import_comfy()
        import comfy.model_management
        import comfy.samplers

        self.name = f"ComfyUI {comfy_version()}"
        self.kinds = kinds_here()
        features = {"dual", "areas", "switch_at", "windows", "control", "easycache"}
        self.can = frozenset(features | set(comfy.samplers.SAMPLER_NAMES))
        self.interrupted: type[Exception] = comfy.model_management.InterruptProcessingException

    def model(self, kind: str) -> Any:
        """A `ModelPatcher` over a fresh network."""
        return build_patcher(kind)

    def sample(self, patcher: Any, run: SampleRun) -> Tensor:
        """The latent, float32 on the CPU."""
        import comfy.model_management

        try:
            with warnings.catch_warnings():
                # ComfyUI's own, of newer libraries: forecache's still fail a test.
                warnings.filterwarnings("ignore", module=r"comfy(_extras)?\.")
                return sample(patcher, TINY_MODELS[patcher.model.tiny_kind], run)
        finally:
            # A stop that nobody noticed must not hit the next run.
            comfy.model_management.interrupt_current_processing(False)

    def guiding(self, patcher: Any, run: SampleRun) -> Guiding:
        """What SamplerCustomAdvanced is given."""
        return guiding(patcher, TINY_MODELS[patcher.model.tiny_kind], run)

    def calls(self, patcher: Any) -> Mapping[str, int]:
        """`blocks` and `head`, since the network was made."""
        return counts(patcher)

    def add_easy_cache(self, patcher: Any) -> Any:
        """A clone with ComfyUI's EasyCache on it."""
        nodes = importlib.import_module("comfy_extras.nodes_easycache")
        made = nodes.EasyCacheNode.execute(
            patcher, reuse_threshold=0.2, start_percent=0.0, end_percent=1.0, verbose=False
        )
        return made.result[0]
