"""Who decides: a sidecar at an address, a plan file, or the sidecar that is there when a run opens.

Nothing here starts a process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from forecache.client import PlanFileSource, SidecarSource, TlsFiles
from forecache.client.find_sidecar import ADDRESS_VARIABLE, default_socket, is_answering
from forecache.client.sidecar_source import DEFAULT_DEADLINE_MS
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import OpenedRun, PlanSource, RunRequest

NOBODY = (
    "no sidecar: start one with `python -m forecache serve`, "
    f"or name one in {ADDRESS_VARIABLE} or in a Forecache Sidecar node"
)


@dataclass(frozen=True)
class SidecarChoice:
    """What a Forecache Sidecar node says; the value on a FORECACHE_SIDECAR wire.

    address: `unix:/path` or `host:port`; empty looks for one at every run. plan_file: instead of a
    sidecar. deadline_ms: longest wait for one decision. tls_root, tls_certificate, tls_key: PEM
    files; all empty is no TLS.
    """

    address: str = ""
    plan_file: str = ""
    deadline_ms: int = DEFAULT_DEADLINE_MS
    tls_root: str = ""
    tls_certificate: str = ""
    tls_key: str = ""

    def __post_init__(self) -> None:
        if self.address and self.plan_file:
            raise ForecacheError("address and plan_file cannot both be given: one of them decides")

    @property
    def tls(self) -> TlsFiles | None:
        """The files of a connection with TLS; None without any."""
        names = (self.tls_root, self.tls_certificate, self.tls_key)
        if not any(names):
            return None
        return TlsFiles(*(Path(name) if name else None for name in names))


_sidecars: dict[SidecarChoice, SidecarSource] = {}
_lock = threading.Lock()


def source_for(choice: SidecarChoice) -> PlanSource:
    """The source that a choice means. Sidecars are kept for the life of the process: one channel
    each, and one memory of whether it answers.

    Raises ForecacheError for an address that is none and for files that cannot be read.
    """
    if choice.plan_file:
        return PlanFileSource(Path(choice.plan_file).expanduser())
    if not choice.address:
        return FoundSource(choice)
    with _lock:
        source = _sidecars.get(choice)
        if source is None:
            source = SidecarSource(choice.address, deadline_ms=choice.deadline_ms, tls=choice.tls)
            _sidecars[choice] = source
        return source


class FoundSource:
    """Looks for a sidecar at every run: ComfyUI runs a node once and samples many times, so one
    that is started later is found without touching the node.
    """

    def __init__(self, choice: SidecarChoice, environment: Mapping[str, str] = os.environ) -> None:
        self._choice, self._environment = choice, environment

    def open_run(self, request: RunRequest) -> OpenedRun:
        """Opens a run where a sidecar is. Raises NoPlanError when there is none."""
        address = found_address(self._environment)
        if address is None:
            raise NoPlanError(NOBODY)
        return source_for(replace(self._choice, address=address)).open_run(request)

    def close(self) -> None:
        """Nothing of its own is open."""


def found_address(environment: Mapping[str, str] = os.environ) -> str | None:
    """The environment's address, else the default socket where a sidecar answers, else None."""
    named = environment.get(ADDRESS_VARIABLE)
    if named:
        return named
    default = default_socket(environment)
    address = f"unix:{default}"
    return address if default.exists() and is_answering(address) else None


def close_sources() -> None:
    """Closes every channel. For tests; a process keeps them to its end."""
    with _lock:
        for source in _sidecars.values():
            source.close()
        _sidecars.clear()
