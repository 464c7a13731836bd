"""One benchmark from start to finish, as the JSON that the page is written from."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from forecache_bench.diffusers.agreement import agreements
from forecache_bench.diffusers.catalog import catalog_speedup
from forecache_bench.diffusers.contestants import Contestant
from forecache_bench.diffusers.machine import OtherWork, describe_machine, package_versions
from forecache_bench.diffusers.measure import Bench

FORMAT = 1


def measure_record(bench: Bench, contestants: Sequence[Contestant], rounds: int) -> dict[str, Any]:
    """Checks every contestant once, times `rounds` rounds, and returns all of it."""
    network, schedule = bench.network, bench.schedule
    machine = describe_machine(network.device)
    other_work = OtherWork()
    bench.say(network.title)
    try:
        bench.check(contestants)
        bench.time_rounds(rounds)
        same = agreements(bench.entries, schedule)
    finally:
        bench.close()
    return {
        "format": FORMAT,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": asdict(machine),
        "others_share": other_work.share(),
        "versions": package_versions(),
        "network": {"title": network.title, "dtype": str(network.dtype).removeprefix("torch.")},
        "schedule": {**asdict(schedule), "full_calls": schedule.full_calls},
        "rounds": rounds,
        "compiler": bench.compiler,
        "catalog_speedup": catalog_speedup(network.catalog, schedule, contestants[-1].order),
        "rows": [asdict(entry.row) for entry in bench.entries],
        "agreements": [asdict(agreement) for agreement in same],
    }
