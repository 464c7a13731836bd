"""The FLOPs speed-up of a plan by forecache's model catalogue, as published tables count it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from forecache_bench.diffusers.schedule import Schedule

COMMAND_LINE = Path(__file__).resolve().parents[5] / "apps" / "sidecar" / "dist" / "main.js"
DEADLINE_S = 60


def catalog_speedup(model: str | None, schedule: Schedule, order: int) -> float | None:
    """FLOPs of a full run over the schedule's; None without an entry or a built sidecar."""
    node = shutil.which("node")
    if model is None or node is None or not COMMAND_LINE.exists():
        return None
    options = {**schedule.forecache_options, "order": order}
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    command = [node, str(COMMAND_LINE), "plan", "--model", model, "--steps", str(schedule.steps)]
    answer = subprocess.run(
        [*command, "--policy", "taylorseer", *flags, "--json"],
        capture_output=True,
        check=True,
        text=True,
        timeout=DEADLINE_S,
    )
    plan = json.loads(answer.stdout)
    if tuple(plan["fullCalls"]) != schedule.full_calls:
        raise RuntimeError(f"full calls must be {schedule.full_calls}, got {plan['fullCalls']}")
    return float(plan["speedup"])
