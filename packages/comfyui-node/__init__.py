"""The custom-node pack as ComfyUI loads it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

__all__ = ["comfy_entrypoint"]

PACK = "forecache_comfyui"

MISSING = (
    "forecache: the Python distribution `forecache` is not installed in ComfyUI's environment "
    f"({sys.executable}). Build its wheel with `npm run python:wheel` and install it with "
    "`python -m pip install out/wheels/forecache-*.whl`, then start ComfyUI again."
)


async def comfy_entrypoint() -> Any:
    """The pack's extension. Raises ImportError with the line to type where forecache is missing."""
    found = importlib.util.find_spec("forecache")
    if found is None or found.origin is None:  # a mere folder of that name has no origin
        raise ImportError(MISSING)
    _find_pack()
    from forecache_comfyui.nodes.extension import ForecacheExtension  # noqa: PLC0415 # needs ComfyUI
    from forecache_comfyui.nodes.statistics_route import register_route  # noqa: PLC0415 # likewise

    register_route()
    return ForecacheExtension()


def _find_pack() -> None:
    """Makes the folder beside this file importable by its name: ComfyUI loads a pack as one file,
    and other folders in here (tests, examples) are nobody's packages.
    """
    if PACK in sys.modules:
        return
    folder = Path(__file__).parent / PACK
    spec = importlib.util.spec_from_file_location(
        PACK, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACK] = module
    spec.loader.exec_module(module)
