"""The life of a host as a process: sockets, signals, options."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from forecache._generated.forecache.v1 import model_host_pb2 as messages
from forecache_host.cli import main
from host_process import SOURCES, HostProcess, begin_run, run_call


def run_cli(*options: str) -> subprocess.CompletedProcess[str]:
    """The command line, until it ends."""
    command = [sys.executable, "-m", "forecache_host", *options]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, SOURCES))}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_a_socket_is_for_its_user_only(host: HostProcess) -> None:
    mode = host.socket.lstat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_socket_that_somebody_listens_on_is_refused(host: HostProcess) -> None:
    second = run_cli("--tiny-dit", "--listen", host.address)
    message = f"cannot listen on {host.address}: another process listens there"
    assert (second.returncode, second.stderr) == (1, f"forecache-host: {message}\n")
    assert host.stub.Describe(messages.DescribeRequest()).model == "tiny-dit"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_host_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    ready_file = tmp_path / "ready.json"
    host = HostProcess(tmp_path / "host.sock", "--ready-file", str(ready_file))
    assert json.loads(ready_file.read_text()) == {"ready": True, "addresses": [host.address]}
    host.stub.BeginRun(begin_run("open"))
    # A stream that is open would keep a server alive.
    requests: list[messages.ForwardRequest] = []
    stream = host.stub.Forward(iter(requests.pop, None))
    assert host.stop(number) == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(grpc.RpcError):
        list(stream)


def test_a_host_leaves_with_its_parent(tmp_path: Path) -> None:
    host = HostProcess(tmp_path / "host.sock")
    assert host.process.stdin is not None
    host.process.stdin.close()
    assert host.process.wait(timeout=30) == 0
    host.channel.close()
    assert host.process.stdout is not None
    host.process.stdout.close()


def test_a_killed_host_is_unavailable_and_its_socket_is_taken_over(tmp_path: Path) -> None:
    host = HostProcess(tmp_path / "host.sock")
    host.stub.BeginRun(begin_run("run"))
    host.stub.RunCall(run_call("run", 0))
    host.stop(signal.SIGKILL)
    channel = grpc.insecure_channel(host.address)
    with pytest.raises(grpc.RpcError) as failed:
        host.stub.__class__(channel).RunCall(run_call("run", 1))
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    channel.close()
    assert host.socket.exists()
    next_host = HostProcess(tmp_path / "host.sock")
    assert next_host.stub.Describe(messages.DescribeRequest()).model == "tiny-dit"
    assert next_host.stop() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tiny-dit"], "--listen must be given: unix:/path or host:port"),
        (["--listen", "unix:/tmp/x.sock"], "give one of --model and --tiny-dit"),
        (
            ["--tiny-dit", "--listen", "0.0.0.0:1"],
            "--listen must be a Unix socket or a loopback address (there is no authentication; "
            'allow others with --insecure-non-loopback), got "0.0.0.0:1"',
        ),
        (
            ["--tiny-dit", "--listen", "here"],
            'address must be unix:/path or host:port, got "here"',
        ),
        (
            ["--tiny-dit", "--listen", "unix:/tmp/x.sock", "--threads", "0"],
            '--threads must be an integer >= 1, got "0"',
        ),
        (
            ["--tiny-dit", "--listen", "unix:/tmp/x.sock", "--dtype", "float64"],
            '--dtype must be one of float32, float16, bfloat16, got "float64"',
        ),
        (
            ["--tiny-dit", "--listen", "unix:/tmp/x.sock", "--device", "tpu"],
            '--device must be cpu, cuda or cuda:<number>, got "tpu"',
        ),
    ],
)
def test_wrong_options_are_told_by_name_value_and_rule(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    assert capsys.readouterr().err == f"forecache-host: {message}\n"


def test_the_command_line_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "There is no authentication and no encryption" in capsys.readouterr().out
