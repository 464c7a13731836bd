"""`python -m forecache`, as a user types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sidecar_server import MAIN, with_forecache

from forecache.client import SidecarSource
from forecache.plan import PolicySpec, RunOutcome, RunRequest


def started(arguments: Sequence[str], **changed: str) -> subprocess.Popen[str]:
    environment = with_forecache({**os.environ, "FORECACHE_SIDECAR_MAIN": str(MAIN), **changed})
    command = [sys.executable, "-m", "forecache", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def test_serve_answers_until_it_is_told_to_stop(tmp_path: Path) -> None:
    address = f"unix:{tmp_path / 's.sock'}"
    options = ["--listen", address, "--json", "--shared-parent", str(tmp_path)]
    with started(["serve", *options]) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["addresses"] == [address]
        source = SidecarSource(address, connect_timeout_ms=10_000)
        run = source.open_run(RunRequest(PolicySpec("taylorseer"), 20, 20))
        assert run.plan is not None
        run.close(RunOutcome.OK)
        source.close()
        process.send_signal(signal.SIGINT)
        # The signal reached Node itself, which ends in order.
        assert process.wait(30) == 0


def test_a_plan_for_a_published_model_needs_no_demo_model() -> None:
    with started(["plan", "--model", "flux.1-dev", "--steps", "12", "--json"]) as process:
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(json.loads(printed)["calls"]) == 12


def test_wrong_options_are_the_programs_to_refuse() -> None:
    with started(["serve", "--listn", "x"]) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--listen" in said


def test_without_a_program_it_says_what_is_missing(tmp_path: Path) -> None:
    missing = str(tmp_path / "main.js")
    with started(["serve"], FORECACHE_SIDECAR_MAIN=missing) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == f"error: FORECACHE_SIDECAR_MAIN must be a file, got {missing}\n"
