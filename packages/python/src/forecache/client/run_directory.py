"""A private directory for the socket and the log of a sidecar of our own."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_NAME = re.compile(r"forecache-run-(\d+)-\w+")
"""The command line names its directories so too: each removes what the other left behind."""


def make_run_directory() -> Path:
    """A fresh directory of mode 700, in memory where there is `/dev/shm`.

    Directories that killed processes of this user left behind are removed on the way.
    """
    shared_memory = Path("/dev/shm")
    is_usable = os.access(shared_memory, os.W_OK | os.X_OK)
    parent = shared_memory if is_usable else Path(tempfile.gettempdir())
    _remove_stale(parent)
    return Path(tempfile.mkdtemp(prefix=f"forecache-run-{os.getpid()}-", dir=parent))


def _remove_stale(parent: Path) -> None:
    for entry in parent.iterdir():
        match = _NAME.fullmatch(entry.name)
        if match is None or _is_alive(int(match[1])):
            continue
        try:
            is_ours = not entry.is_symlink() and entry.stat().st_uid == os.getuid()
        except FileNotFoundError:  # somebody else was faster
            continue
        if is_ours:
            shutil.rmtree(entry, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
