"""`python -m forecache_bench.calibration`: presets of a trained pipeline beside their rivals.

Minutes on two cores. Writes docs/results/calibration-diffusers.md and prints its tables.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from forecache_bench.calibration.measuring import SETTINGS, measure
from forecache_bench.calibration.page import page_of
from forecache_bench.calibration.trained_dit import MODEL, NULL_CLASS, composed, trained_dit

REPOSITORY = Path(__file__).resolve().parents[5]
PAGE = REPOSITORY / "docs" / "results" / "calibration-diffusers.md"
SIDECAR = REPOSITORY / "apps" / "sidecar" / "dist" / "main.js"

FITTED = range(8)
UNSEEN = range(1000, 1032)

LARGEST_DISTANCE = 1e-5
"""Between the two implementations of the network."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 when the networks are not the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--schedulers", nargs="*", default=[each.scheduler for each in SETTINGS])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    os.environ.setdefault("FORECACHE_SIDECAR_MAIN", str(SIDECAR))
    distance = distance_of_networks()
    if distance > LARGEST_DISTANCE:
        print(f"the networks must be the same, they are {distance:.1e} apart", file=sys.stderr)
        return 1
    tables = []
    for setting in SETTINGS:
        if setting.scheduler in options.schedulers:
            print(f"{time.strftime('%H:%M:%S')} {setting.scheduler}", file=sys.stderr, flush=True)
            tables.append(measure(setting, FITTED, UNSEEN))
    page = page_of(tables, distance, len(FITTED), len(UNSEEN))
    options.page.write_text(page, encoding="utf-8")
    print(page)
    return 0


@torch.no_grad()
def distance_of_networks() -> float:
    """Largest difference of the outputs of the Diffusers model and of the ONNX segments."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(6, 1, 28, 28, generator=generator)
    t = torch.tensor([1.0, 0.9, 0.7, 0.5, 0.2, 0.02])
    y = torch.tensor([0, 3, 9, NULL_CLASS, 5, 7])
    written = composed(MODEL, x, t, y)
    return float((trained_dit()(x, 1000 * t, y).sample - written).abs().max())


if __name__ == "__main__":
    sys.exit(main())
