"""The page that the measurement writes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from forecache_bench.calibration.measuring import CALLS, Row, Table

_HEAD = """# Calibration of a Diffusers pipeline

Written by `tools/bench`; do not edit. The network is the repository's trained one
(class-conditional DiT, Fashion-MNIST) as Diffusers' `DiTTransformer2DModel` with the same weights:
its output is {distance:.1e} (largest difference) from that of the ONNX segments. Guidance 2, both
branches in one batch. Presets are fitted on {fitted} seeds, one image each; all rows are compared
on {unseen} other seeds.

Cells: PSNR in dB to the run that computes every call, images clipped to [0, 1], mean over images,
and the relative error of the final samples, sqrt(Σ |x - x*|² / Σ |x*|²). In brackets: calls
computed in full, where they are not the number of the column. TaylorSeer's interval is the one that
computes as many calls, after a warm-up of three. Fewer steps: the same scheduler, at least as many
calls.
"""

_FOOT = """
## Reading it

- The fit minimises the squared distance of final samples, which a few seeds dominate: those whose
  trajectory turns to another picture. PSNR is a mean of logarithms and sees the many.
- Schedules are searched on the recorded full runs, the growth of errors being what walks show or
  a guess. The best of six on the runs of the fit is kept.{worse}
- "Realised" is on the runs of the fit, "left out" is what the fit expects on runs left out in turn.
  It takes outputs to stay what they were on the walks, and does not see a trajectory that turns:
  compare it with the error on the unseen seeds.

Reproduce, after `npx nx run-many -t build`:

```sh
cd tools/bench/python
PYTHONPATH=../../../packages/python/src python -m forecache_bench.calibration
```
"""


def page_of(tables: Sequence[Table], distance: float, fitted: int, unseen: int) -> str:
    """The whole page."""
    parts = [_HEAD.format(distance=distance, fitted=fitted, unseen=unseen)]
    parts += [part for table in tables for part in (_table(table), _report(table))]
    return "\n".join(parts) + _FOOT.format(worse=_worse(tables))


def _worse(tables: Sequence[Table]) -> str:
    """Where a preset with more full calls has the lower PSNR."""
    found = [
        f"{table.setting.scheduler} {more} below {fewer}"
        for table in tables
        for (more, high), (fewer, low) in pairwise(zip(CALLS, table.rows[-1].psnr, strict=True))
        if high < low
    ]
    if not found:
        return ""
    return f" More full calls have the lower PSNR here: {', '.join(found)}."


def _table(table: Table) -> str:
    setting = table.setting
    calls = setting.calls_of(setting.steps)
    columns = " | ".join(f"{count} full calls" for count in CALLS)
    lines = [
        f"## {setting.scheduler}, {setting.steps} steps, {calls} calls\n",
        f"| contestant | {columns} |",
        "|---|" + "---|" * len(CALLS),
        *(f"| {row.name} | {' | '.join(_cells(row))} |" for row in table.rows),
    ]
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    return [
        f"{value:.1f}, {100 * error:.2g} %" + ("" if made == count else f" ({made})")
        for value, error, made, count in zip(row.psnr, row.error, row.calls, CALLS, strict=True)
    ]


def _report(table: Table) -> str:
    lines = [
        f"\nCalibration took {table.seconds:.0f} s. Errors of final samples, relative:\n",
        f"```\n{table.preset.report()}\n```\n",
    ]
    return "\n".join(lines)
