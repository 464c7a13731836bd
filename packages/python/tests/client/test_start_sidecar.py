"""Finding a sidecar, and starting one that leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_sidecar import FakeSidecar, served
from sidecar_server import MAIN, node, with_forecache

from forecache.client import (
    NoSource,
    SidecarSource,
    find_sidecar,
    own_sidecar,
    sidecar_program,
    start_sidecar,
)
from forecache.client.find_sidecar import default_socket
from forecache.client.own_sidecar import OwnSidecarSource
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import PolicySpec, RunRequest

REQUEST = RunRequest(PolicySpec("fora"), steps=3, calls=3)
PATIENCE_S = 30
BUNDLE_SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "bundle_sidecar.mjs"


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """Nothing of this machine's user: a runtime directory of our own, and Node."""
    return {"XDG_RUNTIME_DIR": str(tmp_path), "PATH": str(Path(node()).parent)}


@pytest.fixture
def nothing_bundled(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sidecar_program, "BUNDLED_MAIN", tmp_path / "nothing.mjs")


@pytest.fixture
def private(tmp_path) -> Path:
    """The directory of the default socket."""
    folder = tmp_path / "forecache"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(autouse=True)
def no_sidecar_of_ours() -> Iterator[None]:
    """Stops what a test started."""
    yield
    for sidecar in start_sidecar._running:
        sidecar.stop()
    start_sidecar._running.clear()


def address_of(source: object) -> str:
    assert isinstance(source, SidecarSource | OwnSidecarSource)
    return source.address


def test_an_address_comes_before_the_environment_and_that_before_the_default_socket(
    environment, private
):
    default = f"unix:{private / 'sidecar.sock'}"
    with served(FakeSidecar(), default):
        assert address_of(find_sidecar("a:1", {**environment, "FORECACHE_SIDECAR": "b:2"})) == "a:1"
        assert address_of(find_sidecar(None, {**environment, "FORECACHE_SIDECAR": "b:2"})) == "b:2"


def test_the_default_socket_is_used_where_a_sidecar_answers(environment, private):
    default = f"unix:{private / 'sidecar.sock'}"
    with served(FakeSidecar(), default):
        assert address_of(find_sidecar(None, environment)) == default


@pytest.mark.usefixtures("nothing_bundled")
def test_a_default_socket_in_a_directory_open_to_others_is_not_used(environment, private):
    private.chmod(0o755)
    with served(FakeSidecar(), f"unix:{private / 'sidecar.sock'}"):
        assert isinstance(find_sidecar(None, environment), NoSource)


@pytest.mark.usefixtures("nothing_bundled")
def test_a_dead_default_socket_is_not_used(environment, private):
    (private / "sidecar.sock").touch()
    source = find_sidecar(None, environment)
    with pytest.raises(NoPlanError) as caught:
        source.open_run(REQUEST)
    reason = "no sidecar is bundled, and FORECACHE_SIDECAR_MAIN names none"
    assert caught.value.reason == reason


def test_an_address_that_is_none_is_an_error(environment):
    with pytest.raises(ForecacheError, match=r"^sidecar must be unix:/path or host:port, got x$"):
        find_sidecar("x", environment)


def test_the_default_socket_is_where_serve_listens():
    user = os.getuid()
    assert default_socket({"XDG_RUNTIME_DIR": "/run/me"}) == Path("/run/me/forecache/sidecar.sock")
    folder = Path(tempfile.gettempdir()) / f"forecache-{user}"
    assert default_socket({}) == folder / "sidecar.sock"


def test_a_sidecar_is_started_once_and_leaves_nothing(environment):
    environment["FORECACHE_SIDECAR_MAIN"] = str(MAIN)
    first = find_sidecar(None, environment)
    assert address_of(find_sidecar(None, environment)) == address_of(first)
    assert first.open_run(REQUEST).policy == "fora(interval=3)"
    (sidecar,) = start_sidecar._running
    directory = Path(sidecar.address.removeprefix("unix:")).parent
    assert directory.stat().st_mode & 0o777 == 0o700
    sidecar.stop()
    assert not is_alive(sidecar.pid)
    assert not directory.exists()


def kill(sidecar: start_sidecar.SidecarProcess) -> None:
    os.kill(sidecar.pid, signal.SIGKILL)
    sidecar._process.wait()


def test_a_sidecar_that_died_is_started_anew_but_not_for_ever(environment, monkeypatch):
    monkeypatch.setattr(own_sidecar, "MOST_RESTARTS", 1)
    source = find_sidecar(None, {**environment, "FORECACHE_SIDECAR_MAIN": str(MAIN)})
    first = address_of(source)
    kill(start_sidecar.running_sidecar())
    assert source.open_run(REQUEST).policy == "fora(interval=3)"
    assert address_of(source) != first
    kill(start_sidecar.running_sidecar())
    with pytest.raises(NoPlanError, match=r"^the sidecar died after 1 restarts$"):
        source.open_run(REQUEST)


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        (None, "FORECACHE_SIDECAR_MAIN must be a file, got {main}"),
        ("throw new Error('no')", "the sidecar ended before it was ready: "),
        (
            "console.log('7'); console.log('x'); process.exit(0)",
            "the sidecar ended before it was ready: its log is empty",
        ),
    ],
)
def test_a_sidecar_that_cannot_start_is_a_reason(environment, tmp_path, main, reason):
    file = tmp_path / "main.mjs"
    if main is not None:
        file.write_text(main, "utf-8")
    source = find_sidecar(None, {**environment, "FORECACHE_SIDECAR_MAIN": str(file)})
    assert isinstance(source, NoSource)
    assert source.reason.startswith(reason.format(main=file))


def test_a_sidecar_that_is_never_ready_is_stopped(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(start_sidecar, "START_TIMEOUT_S", 0.5)
    file = tmp_path / "main.mjs"
    said = tmp_path / "pid"
    file.write_text(
        "import { writeFileSync } from 'node:fs';"
        f"writeFileSync({str(said)!r}, String(process.pid)); setInterval(() => {{}}, 1000);",
        "utf-8",
    )
    with pytest.raises(NoPlanError, match=r"^the sidecar was not ready in time: its log is empty$"):
        start_sidecar.start_sidecar({**environment, "FORECACHE_SIDECAR_MAIN": str(file)})
    # Half a second may be too short even to say the process id.
    if said.exists():
        assert not is_alive(int(said.read_text("utf-8")))


def test_without_node_there_is_a_reason(monkeypatch):
    monkeypatch.setattr(sidecar_program.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoPlanError) as caught:
        sidecar_program.find_node({"PATH": "/nowhere"})
    assert caught.value.reason == "no Node to run the sidecar: pip install 'forecache[sidecar]'"


def test_the_bundle_serves_plans_with_nothing_but_node(environment, tmp_path):
    bundle = tmp_path / "bundle"
    subprocess.run([node(), str(BUNDLE_SCRIPT), str(bundle)], check=True)
    environment["FORECACHE_SIDECAR_MAIN"] = str(bundle / "main.mjs")
    source = find_sidecar(None, environment)
    assert source.open_run(REQUEST).policy == "fora(interval=3)"
    assert not list(bundle.rglob("*.node")), "no native code: the wheel fits every machine"


PROGRAM = """
import os, sys
from forecache.client import find_sidecar
from forecache.client.start_sidecar import start_sidecar
sidecar = start_sidecar()
if "fork" in sys.argv and os.fork() == 0:
    os.read(0, 1)  # a child that outlives its parent
    os._exit(0)
print(sidecar.pid, sidecar.address, flush=True)
if "wait" in sys.argv:
    os.read(0, 1)
"""


def program(tmp_path: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int, Path]:
    """A Python program with a sidecar: the program, the sidecar's process id and directory."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, "utf-8")
    process = subprocess.Popen(
        [sys.executable, str(file), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=with_forecache({**os.environ, "FORECACHE_SIDECAR_MAIN": str(MAIN)}),
    )
    assert process.stdout is not None
    pid, address = process.stdout.readline().split()
    return process, int(pid), Path(address.decode().removeprefix("unix:")).parent


def test_a_program_that_ends_leaves_no_sidecar_and_no_directory(tmp_path):
    process, pid, directory = program(tmp_path)
    process.communicate()
    assert process.returncode == 0
    assert not is_alive(pid)
    assert not directory.exists()


@pytest.mark.parametrize("arguments", [("wait",), ("wait", "fork")], ids=["alone", "with a child"])
def test_a_program_that_is_killed_leaves_no_sidecar(tmp_path, arguments):
    process, pid, directory = program(tmp_path, *arguments)
    process.kill()
    process.wait()
    ends_at = time.monotonic() + PATIENCE_S
    while is_alive(pid) and time.monotonic() < ends_at:
        time.sleep(0.05)  # there is no event for the end of a process that is not our child
    assert not is_alive(pid)
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    start_sidecar.make_run_directory().rmdir()
    assert not directory.exists(), "the next start removes what a killed program left"


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
