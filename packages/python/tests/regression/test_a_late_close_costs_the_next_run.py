"""A close that came later than a decision may made the client believe that the sidecar was down, so
that the run after it was computed in full.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from fake_sidecar import FakeSidecar, served, socket_at

from forecache.client import SidecarSource
from forecache.plan import PolicySpec, RunOutcome, RunRequest

REQUEST = RunRequest(PolicySpec("taylorseer"), 10, 10)
DEADLINE_MS = 20


def test_a_late_close_costs_nothing(tmp_path: Path) -> None:
    fake = FakeSidecar()
    fake.before_answer["CloseRun"] = lambda: time.sleep(5 * DEADLINE_MS / 1000)
    with served(fake, socket_at(tmp_path)):
        source = SidecarSource(
            socket_at(tmp_path), deadline_ms=DEADLINE_MS, connect_timeout_ms=10_000
        )
        source.open_run(REQUEST).close(RunOutcome.OK)
        assert fake.is_closed.wait(10)
        source.open_run(REQUEST).close(RunOutcome.OK)
        source.close()
    assert fake.asked.count("OpenRun") == 2
