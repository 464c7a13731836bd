"""The echo answers both ways and measures itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("echo.py")


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_measures_round_trips_of_both_kinds(tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/echo.sock"
    with start("serve", "--listen", address) as server:
        assert json.loads(server.stdout.readline())["ready"] is True
        requests = [{"bytes": 200, "stream": False}, {"bytes": 5_000_000, "stream": True}]
        with start("measure", "--address", address) as client:
            lines = "\n".join(json.dumps(request) for request in requests)
            output, _ = client.communicate(lines + "\n", timeout=30)
        server.communicate(timeout=30)
    times = [json.loads(line)["us"] for line in output.splitlines()]
    assert len(times) == 2
    assert all(time > 0 for time in times)
    assert client.returncode == 0
