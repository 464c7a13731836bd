"""Finds the ComfyUI checkout that the tests run against, and makes its packages importable."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

VARIABLE = "COMFYUI_ROOT"
"""Environment variable with the folder of a ComfyUI checkout."""

WITHOUT = f"{VARIABLE} is not set: it names a ComfyUI checkout to test against"
"""Why the tests of this folder are skipped."""


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
        import comfy.sample
        import comfy.samplers
        import comfy.supported_models
        import comfy_extras.nodes_custom_sampler
        import comfy_extras.nodes_easycache  # noqa: F401 -- imported for others
    return root


def comfy_version() -> str:
    """ComfyUI's version, after `import_comfy`."""
    from comfyui_version import __version__

    return str(__version__)
