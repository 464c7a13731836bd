"""A real sidecar as a process of the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from forecache import plan

MAIN = Path(__file__).resolve().parents[4] / "apps" / "sidecar" / "dist" / "main.js"


class SidecarServer:
    """`forecache serve` at the given addresses, a Unix socket first; ready when made."""

    def __init__(self, *listen: str) -> None:
        # A killed sidecar leaves its shared directory behind: in the test's own folder.
        folder = str(Path(listen[0].removeprefix("unix:")).parent)
        options = [part for address in listen for part in ("--listen", address)]
        self._process = subprocess.Popen(
            [node(), str(MAIN), "serve", *options, "--json", "--shared-parent", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "FORECACHE_EXIT_WITH_PARENT": "1"},
        )
        assert self._process.stdout is not None
        self.addresses: list[str] = json.loads(self._process.stdout.readline())["addresses"]

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._process.kill()
        self._close()

    def stop(self) -> None:
        """SIGTERM."""
        self._process.terminate()
        self._close()

    def _close(self) -> None:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


def printed_by(arguments: Sequence[str]) -> str:
    """What the command line prints."""
    command = [node(), str(MAIN), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def node() -> str:
    """The program `node`."""
    found = shutil.which("node")
    assert found is not None, "these tests need node on PATH"
    return found


def with_forecache(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Python program that imports the forecache under test."""
    source = str(Path(plan.__file__).resolve().parents[1])
    path = [source, *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(path)}
