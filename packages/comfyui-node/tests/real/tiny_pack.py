"""Nodes that a real ComfyUI loads in the tests: tiny models and prompts without any file.

Linked into `custom_nodes`; imports the modules beside it, which the server finds by PYTHONPATH.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import torch
from comfy_host import SampleRun
from tiny_models import TINY_MODELS
from tiny_network import build_patcher
from tiny_prompts import tiny_prompts

EVALUATED = "tiny_pack: an evaluation is over"
"""What the log says after every evaluation of a model with a pause."""

logger = logging.getLogger(__name__)

_KIND = ("STRING", {"default": "wan"})


class TinyModelNode:
    """A tiny random model, the same every time."""

    RETURN_TYPES = ("MODEL",)
    FUNCTION = "make"
    CATEGORY = "tests"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        """Kind of model, and how long each evaluation of it lasts at least; 0 is no pause."""
        return {"required": {"kind": _KIND, "pause_ms": ("INT", {"default": 0, "max": 10_000})}}

    def make(self, kind: str, pause_ms: int) -> tuple[Any]:
        """Builds it."""
        patcher = build_patcher(kind)
        if pause_ms > 0:

            def slowly(executor: Any, *args: Any, **kwargs: Any) -> Any:
                time.sleep(pause_ms / 1000)
                output = executor(*args, **kwargs)
                logger.info(EVALUATED)
                return output

            patcher.add_wrapper_with_key("predict_noise", "tiny_pause", slowly)
        return (patcher,)


class TinyPromptNode:
    """A random prompt and its negative."""

    RETURN_TYPES = ("CONDITIONING", "CONDITIONING")
    FUNCTION = "make"
    CATEGORY = "tests"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        """Kind of model that they are for."""
        return {"required": {"kind": _KIND}}

    def make(self, kind: str) -> tuple[Any, Any]:
        """Draws them."""
        prompts = tiny_prompts(None, TINY_MODELS[kind], SampleRun(), torch.empty(0))
        return (prompts.positive, prompts.negative)


NODE_CLASS_MAPPINGS = {"TinyModel": TinyModelNode, "TinyPrompt": TinyPromptNode}
"""What ComfyUI looks for."""
