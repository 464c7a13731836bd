"""Finds the ComfyUI checkout that the tests run against, and makes its packages importable."""

# ruff: noqa: PLC0415 # comfy can be imported after `import_comfy` only

from __future__ import annotations

import importlib
import os
import sys
import warnings
from pathlib import Path

VARIABLE = "COMFYUI_ROOT"
"""Environment variable with the folder of a ComfyUI checkout."""

WITHOUT = f"{VARIABLE} is not set: it names a ComfyUI checkout to test against"
"""Why the tests of this folder are skipped."""


_EXTRAS = ("comfy_extras.nodes_custom_sampler", "comfy_extras.nodes_easycache")


def comfy_root() -> Path | None:
    """The checkout's folder, None where the variable is not set. Raises FileNotFoundError where
    there is no ComfyUI in it.
    """
    given = os.environ.get(VARIABLE, "")
    if not given:
        return None
    root = Path(given).resolve()
    if not (root / "comfy" / "samplers.py").is_file():
        raise FileNotFoundError(f"{VARIABLE} must be a ComfyUI checkout, got {given}")
    return root


def import_comfy() -> Path:
    """Makes `import comfy` work, on the CPU, and returns the checkout's folder."""
    root = comfy_root()
    if root is None:
        raise RuntimeError(WITHOUT)
    if str(root) not in sys.path:
        sys.path.append(str(root))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from comfy.cli_args import args

        args.cpu = True
        # What the other modules use: warnings of the libraries behind it are not for a test.
        for module in ("comfy.samplers", "comfy.supported_models", *_EXTRAS):
            importlib.import_module(module)
    return root


def comfy_version() -> str:
    """ComfyUI's version, after `import_comfy`."""
    return str(importlib.import_module("comfyui_version").__version__)
