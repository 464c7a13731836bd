"""Lets torchvision from the package index be imported beside a torch built for the CPU.

Its wheels are linked with CUDA: their operators cannot be loaded there, and torchvision stops at
the import because it describes `nms` to torch's compiler, which then does not know it. Naming the
operators is enough for ComfyUI, which resizes pictures and never calls them. Put this folder on
PYTHONPATH, and only for such a pair: a matching torchvision names them itself.
"""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class _NamesOperators(importlib.abc.MetaPathFinder):
    """Finds no module: names the operators when torchvision is first looked for."""

    def __init__(self) -> None:
        self._library: object | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None: the usual finders go on."""
        if name == "torchvision" and self._library is None:
            import torch  # noqa: PLC0415 # most programs of this path never need it

            if torch.version.cuda is None:
                # Kept: the operators live as long as their library.
                library = torch.library.Library("torchvision", "DEF")
                library.define(f"nms{_SCHEMA}")
                library.define(f"qnms{_SCHEMA}")
                self._library = library
        return None


sys.meta_path.insert(0, _NamesOperators())
