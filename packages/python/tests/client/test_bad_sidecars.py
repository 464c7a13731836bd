"""Sidecars that are down, slow, or answer nonsense: every call is computed, nothing is raised."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
from fake_sidecar import FakeSidecar, served, socket_at
from sidecar_server import with_forecache

from forecache._generated.forecache.v1 import plan_pb2
from forecache.client import SidecarSource, TlsFiles
from forecache.client.connection import Connection
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import FULL, ActionKind, CallReport, PolicySpec, RunOutcome, RunRequest

REQUEST = RunRequest(PolicySpec("fake"), steps=3, calls=3)
REPORT = CallReport("joint", 0, ActionKind.FULL, 1, 0, 1)
PATIENT = {"deadline_ms": 10_000, "connect_timeout_ms": 10_000}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def no_plan(source: SidecarSource) -> str:
    with pytest.raises(NoPlanError) as caught:
        source.open_run(REQUEST)
    return caught.value.reason


def test_a_sidecar_that_is_down_is_left_alone_for_a_second_then_for_two(tmp_path):
    clock = Clock()
    source = SidecarSource(socket_at(tmp_path), clock=clock)
    reason = no_plan(source)
    assert reason.startswith("sidecar unreachable: ")
    assert no_plan(source) == f"{reason} (asked again in 1.0 s)"
    clock.now = 1.0
    assert no_plan(source) == reason
    assert no_plan(source) == f"{reason} (asked again in 2.0 s)"
    clock.now = 3.0
    with served(FakeSidecar(), socket_at(tmp_path)):
        assert source.open_run(REQUEST).policy == "fake()"
        assert source.open_run(REQUEST).policy == "fake()"
        source.close()


def test_a_host_that_takes_no_connection_costs_the_connect_timeout(tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s.sock"))
        silent.listen()
        source = SidecarSource(socket_at(tmp_path), connect_timeout_ms=100)
        start = time.monotonic()
        assert no_plan(source) == "sidecar unreachable: deadline of 100 ms passed"
        assert 0.1 <= time.monotonic() - start < 5


def test_a_slow_decision_is_no_answer_and_nothing_more_is_asked(tmp_path):
    fake, release = FakeSidecar(), threading.Event()
    fake.before_answer["Decide"] = release.wait
    with served(fake, socket_at(tmp_path)):
        run = SidecarSource(socket_at(tmp_path), connect_timeout_ms=10_000).open_run(REQUEST)
        assert run.decide("joint", 0, {}) is None
        assert run.failure == "sidecar unreachable: deadline of 50 ms passed"
        release.set()
        assert run.decide("joint", 0, {}) is None
        run.prefetch("joint", 1, {})
        assert run.decide("joint", 1, {}) is None
        run.report(REPORT)
        run.close(RunOutcome.OK)
    assert fake.asked == ["OpenRun", "Decide"]
    assert run.lost_reports == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (
            plan_pb2.CallPlan(call_index=7),
            "malformed answer of the sidecar: plan.call_index must be 0, got 7",
        ),
        (
            plan_pb2.CallPlan(action=plan_pb2.Action(kind=2, weights=[math.nan])),
            "malformed answer of the sidecar: plan.action.weights[0] must be finite in float32, "
            "got nan",
        ),
    ],
)
def test_a_nonsensical_decision_is_no_answer(tmp_path, answer, failure):
    fake = FakeSidecar()
    fake.decide = lambda index: answer
    with served(fake, socket_at(tmp_path)):
        run = SidecarSource(socket_at(tmp_path), **PATIENT).open_run(REQUEST)
        assert run.decide("joint", 0, {}) is None
        assert run.failure == failure


def test_a_nonsensical_plan_is_no_plan(tmp_path):
    fake = FakeSidecar()
    fake.opened.plan.calls.add(call_index=0)
    with served(fake, socket_at(tmp_path)):
        source = SidecarSource(socket_at(tmp_path), **PATIENT)
        reason = "malformed answer of the sidecar: plan must be for 3 calls, got 1"
        assert no_plan(source) == reason


def test_a_peer_that_does_not_speak_grpc_is_no_plan(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s.sock"))
        listener.listen()

        def answer() -> None:
            peer = listener.accept()[0]
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.close()

        thread = threading.Thread(target=answer)
        thread.start()
        assert no_plan(SidecarSource(socket_at(tmp_path))).startswith("sidecar unreachable: ")
        thread.join()


def test_a_report_returns_at_once_and_what_does_not_fit_is_counted(tmp_path):
    fake, release = FakeSidecar(), threading.Event()
    fake.before_answer["Report"] = release.wait
    with served(fake, socket_at(tmp_path)):
        run = SidecarSource(socket_at(tmp_path), **PATIENT).open_run(REQUEST)
        start = time.monotonic()
        for _ in range(100):
            run.report(REPORT)
        assert time.monotonic() - start < 5
        # 64 wait; one or none is on its way.
        lost = run.lost_reports
        assert lost in (35, 36)
        release.set()
        run.close(RunOutcome.OK)
    assert fake.asked.count("Report") == 100 - lost
    assert fake.asked[-1] == "CloseRun"


def test_a_prefetched_decision_is_asked_once_and_in_the_background(tmp_path):
    fake, release = FakeSidecar(), threading.Event()
    fake.before_answer["Decide"] = release.wait
    with served(fake, socket_at(tmp_path)):
        run = SidecarSource(socket_at(tmp_path), **PATIENT).open_run(REQUEST)
        run.prefetch("joint", 0, {})
        run.prefetch("joint", 0, {})
        release.set()
        assert run.decide("joint", 0, {}).action == FULL
        run.prefetch("joint", 0, {})
        run.close(RunOutcome.OK)
    assert fake.asked == ["OpenRun", "Decide", "CloseRun"]


def test_closing_waits_no_longer_than_the_deadline(tmp_path):
    fake, release = FakeSidecar(), threading.Event()
    fake.before_answer["CloseRun"] = release.wait
    with served(fake, socket_at(tmp_path)):
        source = SidecarSource(socket_at(tmp_path), deadline_ms=100, connect_timeout_ms=10_000)
        run = source.open_run(REQUEST)
        start = time.monotonic()
        run.close(RunOutcome.OK)
        assert time.monotonic() - start < 5
        run.close(RunOutcome.OK)
        release.set()
    assert fake.asked.count("CloseRun") == 1


@pytest.mark.parametrize("method", ["OpenRun", "Decide"])
def test_an_interrupt_passes_through(tmp_path, method):
    fake, release = FakeSidecar(), threading.Event()

    def interrupt() -> None:
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        release.wait()

    fake.before_answer[method] = interrupt
    # Tests that run in a shell's background are born with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with served(fake, socket_at(tmp_path)):
        source = SidecarSource(socket_at(tmp_path), **PATIENT)
        try:
            with pytest.raises(KeyboardInterrupt):
                source.open_run(REQUEST).decide("joint", 0, {})
        finally:
            release.set()
            signal.signal(signal.SIGINT, before)
    assert fake.asked[-1] == method


def test_a_forked_child_has_a_connection_of_its_own(tmp_path):
    script = tmp_path / "forks.py"
    script.write_text(
        "import os, sys\n"
        "from forecache.client import SidecarSource\n"
        "from forecache.plan import *\n"
        "request = RunRequest(PolicySpec('fake'), 3, 3)\n"
        "source = SidecarSource(sys.argv[1], deadline_ms=9000, connect_timeout_ms=9000)\n"
        "run = source.open_run(request)\n"
        "if os.fork() == 0:\n"
        "    assert run.decide('joint', 0, {}) is None\n"
        "    assert run.failure == 'the run was opened before a fork'\n"
        "    os._exit(0 if source.open_run(request).decide('joint', 0, {}) else 1)\n"
        "assert os.wait()[1] == 0\n"
        "assert run.decide('joint', 0, {}) is not None, run.failure\n",
        "utf-8",
    )
    with served(FakeSidecar(), socket_at(tmp_path)):
        python_run(script, socket_at(tmp_path))


def test_a_process_does_not_touch_the_channel_of_the_one_it_was_forked_from(tmp_path, monkeypatch):
    connection = Connection(socket_at(tmp_path))
    connection.service()
    before = connection._channel
    monkeypatch.setattr(os, "getpid", lambda: -1)
    connection.service()
    assert connection._channel is not before


def python_run(script: Path, argument: str) -> None:
    command = [sys.executable, str(script), argument]
    subprocess.run(command, check=True, timeout=60, env=with_forecache(os.environ))


def test_a_closed_source_has_no_answers(tmp_path):
    with served(FakeSidecar(), socket_at(tmp_path)):
        source = SidecarSource(socket_at(tmp_path), **PATIENT)
        run = source.open_run(REQUEST)
        source.close()
        assert run.decide("joint", 0, {}) is None
        assert run.failure.startswith("the source is closed: ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"address": "localhost"}, "sidecar must be unix:/path or host:port, got localhost"),
        ({"address": "unix:s.sock"}, "sidecar must be unix:/path or host:port, got unix:s.sock"),
        (
            {"address": "unix:/" + "x" * 107},
            "the path of a Unix socket must be at most 107 bytes long, got 108",
        ),
        (
            {"address": "a:1", "deadline_ms": 0},
            "deadline_ms must be an integer >= 1, got 0",
        ),
        (
            {"address": "a:1", "tls": TlsFiles(root=Path("/nowhere"))},
            "tls.root must be a readable file, got /nowhere: No such file or directory",
        ),
    ],
)
def test_a_wrong_option_of_a_source_is_an_error(options, message):
    with pytest.raises(ForecacheError) as caught:
        SidecarSource(**options)
    assert str(caught.value) == message


def test_tls_wants_certificate_and_key_together():
    with pytest.raises(
        ForecacheError, match=r"^tls.certificate and tls.key must be given together$"
    ):
        TlsFiles(certificate=Path("a"))


@pytest.fixture
def certificate(tmp_path) -> TlsFiles:
    """A self-signed certificate of localhost, for both sides."""
    files = TlsFiles(tmp_path / "c.pem", tmp_path / "c.pem", tmp_path / "k.pem")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    output = ["-keyout", str(files.key), "-out", str(files.certificate)]
    command = ["openssl", "req", "-x509", *key, *subject, *output, "-days", "1"]
    subprocess.run(command, check=True, capture_output=True)
    return files


def test_tls_is_used_on_both_sides(certificate):
    pair = (certificate.key.read_bytes(), certificate.certificate.read_bytes())
    credentials = grpc.ssl_server_credentials([pair], pair[1], require_client_auth=True)
    with served(FakeSidecar(), "localhost:0", credentials) as port:
        address = f"localhost:{port}"
        run = SidecarSource(address, tls=certificate, **PATIENT).open_run(REQUEST)
        assert run.decide("joint", 0, {}).action == FULL
        run.close(RunOutcome.OK)
        only_root = TlsFiles(certificate.root)
        assert no_plan(SidecarSource(address, tls=only_root)).startswith("sidecar unreachable: ")
        assert no_plan(SidecarSource(address)).startswith("sidecar unreachable: ")
