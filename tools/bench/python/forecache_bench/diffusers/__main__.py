"""`python -m forecache_bench.diffusers --json out.json`: forecache beside its peers in one process.

Without `--render` it measures and writes the JSON file. With `--render PAGE` it measures nothing
and writes the page from that file.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from forecache_bench.diffusers.contestants import UNCACHED, line_up
from forecache_bench.diffusers.measure import Bench
from forecache_bench.diffusers.networks import MODELS, SIZES, build_network
from forecache_bench.diffusers.record import measure_record
from forecache_bench.diffusers.report import BusyMachineError, render_page
from forecache_bench.diffusers.schedule import Schedule

DOCS = Path(__file__).resolve().parents[5] / "docs" / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 when the page may not be published."""
    options = _parser().parse_args(arguments)
    if options.render is not None:
        return _render(options)
    torch.set_num_threads(options.threads)
    orders = sorted({int(order) for order in options.orders.split(",")})
    contestants = [
        contestant
        for contestant in line_up(orders, options.sidecar)
        if contestant is UNCACHED or any(word in contestant.name for word in options.rows)
    ]
    network = build_network(options.model, options.size, torch.device(options.device))
    bench = Bench(network, Schedule(options.steps), _say, options.compile)
    record = measure_record(bench, contestants, options.rounds)
    options.json.write_text(json.dumps(record, indent=1) + "\n")
    return 0


def _render(options: argparse.Namespace) -> int:
    record = json.loads(options.json.read_text())
    try:
        page = render_page(record, force=options.force)
    except BusyMachineError as reason:
        print(reason, file=sys.stderr)
        return 1
    options.render.write_text(page)
    return 0


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="forecache_bench.diffusers", description=__doc__)
    parser.add_argument("--json", type=Path, default=DOCS / "diffusers.json")
    parser.add_argument(
        "--render", type=Path, metavar="PAGE", help="measure nothing, write the page"
    )
    parser.add_argument("--force", action="store_true", help="publish although it was busy")
    parser.add_argument("--model", choices=MODELS, default="dit")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--orders", default="1,2", help="Taylor orders, comma-separated")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--compile", metavar="BACKEND", help="compile every block with this backend: inductor"
    )
    parser.add_argument("--sidecar", default="auto", help="address of a sidecar, or auto")
    parser.add_argument(
        "--rows", nargs="*", default=[""], help="only contestants whose name has one of these"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
