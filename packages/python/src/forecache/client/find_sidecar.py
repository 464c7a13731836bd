"""Which sidecar to ask when the user names none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from forecache._generated.forecache.v1 import cache_pb2
from forecache.client.asking import NoAnswerError, ask
from forecache.client.connection import Connection
from forecache.client.own_sidecar import OwnSidecarSource
from forecache.client.sidecar_source import SidecarSource
from forecache.errors import NoPlanError
from forecache.plan import OpenedRun, PlanSource, RunRequest

ADDRESS_VARIABLE = "FORECACHE_SIDECAR"
"""Names the address of a running sidecar."""

PROBE_TIMEOUT_S = 0.5
"""Longest wait for a word from the default socket."""


class NoSource:
    """A `PlanSource` without anybody: every run is told why, and is computed in full."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def open_run(self, request: RunRequest) -> OpenedRun:
        """Raises NoPlanError."""
        raise NoPlanError(self.reason)

    def close(self) -> None:
        """Nothing is open."""


def find_sidecar(
    address: str | None = None, environment: Mapping[str, str] = os.environ
) -> PlanSource:
    """The sidecar at `address`; else at the environment's FORECACHE_SIDECAR; else at the default
    socket, where one answers; else one that is started for this process. Never fails for want of a
    sidecar: then the source says why.

    Raises ForecacheError for an address that is none.
    """
    named = address or environment.get(ADDRESS_VARIABLE) or None
    if named is not None:
        return SidecarSource(named)
    default = default_socket(environment)
    if default.exists() and is_answering(f"unix:{default}"):
        return SidecarSource(f"unix:{default}")
    try:
        return OwnSidecarSource(environment)
    except NoPlanError as error:
        return NoSource(error.reason)


def default_socket(environment: Mapping[str, str]) -> Path:
    """Where `forecache serve` listens when nobody says otherwise."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime != "":
        return Path(runtime) / "forecache" / "sidecar.sock"
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"forecache-{user}" / "sidecar.sock"


def is_answering(address: str) -> bool:
    """Whether a sidecar answers there. Only asked of a socket in a directory of this user alone."""
    directory = Path(address.removeprefix("unix:")).parent.lstat()
    if directory.st_uid != os.getuid() or directory.st_mode & 0o077 != 0:
        return False
    connection = Connection(address)
    try:
        service = connection.service()
        ask(service.GetStatistics, cache_pb2.GetStatisticsRequest(), PROBE_TIMEOUT_S)
    except NoAnswerError:
        return False
    finally:
        connection.close()
    return True
