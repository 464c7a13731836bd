"""Writes `src/forecache/_generated` from `/protos`, or with `--check` fails where it differs.

The version of grpcio-tools is pinned: what it generates needs that grpcio and that protobuf or
newer ones, so the newest would shut out users whose other packages hold protobuf back. 1.76
generates for grpcio >= 1.76 and protobuf 6.31 to 7; `pyproject.toml` says the same.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

TOOLS_VERSION = "1.76.0"
PACKAGE = Path(__file__).resolve().parent.parent
PROTOS = PACKAGE.parent.parent / "protos"
GENERATED = PACKAGE / "src" / "forecache" / "_generated"

IMPORT = re.compile(r"^(\s*from )forecache\.v1( import )", re.MULTILINE)
"""The one thing that protoc cannot be told: that its output lives inside another package."""


def main(arguments: list[str]) -> int:
    """Generates, or compares. The exit code is 1 where `--check` finds a difference."""
    if arguments not in ([], ["--check"]):
        print("usage: generate_stubs.py [--check]", file=sys.stderr)
        return 2
    if version("grpcio-tools") != TOOLS_VERSION:
        print(f"grpcio-tools must be {TOOLS_VERSION}, got {version('grpcio-tools')}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        if arguments == ["--check"]:
            return check(Path(folder))
        shutil.rmtree(GENERATED, ignore_errors=True)
        shutil.copytree(folder, GENERATED)
    return 0


def generate(folder: Path) -> None:
    """Stubs of every proto file with their types, importable as
    `forecache._generated.forecache.v1`.
    """
    protos = sorted(path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto"))
    outputs = [f"--{kind}_out={folder}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}", *outputs, *protos]
    # The mypy plugins are programs beside this Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(command, check=True, env={**os.environ, "PATH": path}, stderr=subprocess.DEVNULL)
    for file in [*folder.rglob("*.py"), *folder.rglob("*.pyi")]:
        text = file.read_text(encoding="utf-8")
        file.write_text(IMPORT.sub(r"\1forecache._generated.forecache.v1\2", text), "utf-8")
    for directory in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        (directory / "__init__.py").touch()


def check(folder: Path) -> int:
    """Names every file that is missing, stale or too many."""
    fresh, present = files_below(folder), files_below(GENERATED)
    same = {name for name in fresh & present if is_same(name, folder)}
    for name in sorted((fresh | present) - same):
        print(f"{GENERATED / name} differs from the protos: run generate_stubs.py")
    return 0 if fresh == present == same else 1


def is_same(name: Path, folder: Path) -> bool:
    """Whether the committed file has the fresh one's bytes."""
    return filecmp.cmp(folder / name, GENERATED / name, shallow=False)


def files_below(folder: Path) -> set[Path]:
    """The stubs in a folder, without what Python left there."""
    files = [*folder.rglob("*.py"), *folder.rglob("*.pyi")]
    return {file.relative_to(folder) for file in files}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
