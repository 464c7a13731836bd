"""The page of results, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forecache_bench.diffusers.reading import reading
from forecache_bench.diffusers.summary import Spread, Summary, summarise

MOST_OTHER_WORK = 0.1
"""Share of the processors that other processes may use in a benchmark that is published."""


class BusyMachineError(Exception):
    """The numbers were taken on a busy machine."""


def render_page(record: Mapping[str, Any], *, force: bool = False) -> str:
    """The page. Raises BusyMachineError when others kept the machine busy, unless forced."""
    share = record["others_share"]
    if not force and (share is None or share > MOST_OTHER_WORK):
        raise BusyMachineError(
            f"other processes must use at most {MOST_OTHER_WORK:.0%} of the processors, got "
            f"{_share(share)}; measure again on a quiet machine, or publish with --force"
        )
    summaries = summarise(record)
    lines = [
        *_head(record),
        *_times(summaries),
        *_memory(summaries),
        *_agreements(record["agreements"]),
        *reading(record, summaries),
        *_absent(record["rows"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _head(record: Mapping[str, Any]) -> Iterator[str]:
    schedule, network = record["schedule"], record["network"]
    calls = ", ".join(map(str, schedule["full_calls"]))
    yield "# Side by side in Diffusers"
    yield ""
    yield "Written by `tools/bench`; do not edit. One process, one set of weights; contestants take"
    yield "turns, a whole run each. Every contestant gets the inputs of the uncached run, so the"
    yield "output of a call differs only by that call's own forecast."
    yield ""
    yield f"- Network: {network['title']}, {network['dtype']}, random weights."
    yield (
        f"- Run: {schedule['steps']} calls, {len(schedule['full_calls'])} of them full ({calls}): "
        f"the set with interval {schedule['interval']} that every contestant can express."
    )
    if record["compiler"] is not None:
        yield f"- Every block is compiled with {record['compiler']}."
    yield f"- {_measured_on(record)}"
    if record["others_share"] is None or record["others_share"] > MOST_OTHER_WORK:
        yield "- **The machine was busy with other work: read minima, not medians.**"
    yield ""


def _measured_on(record: Mapping[str, Any]) -> str:
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    return (
        f"Measured {record['date']} in {record['rounds']} rounds on {machine['cores']} × "
        f"{machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}, device "
        f"{machine['device']}, {machine['threads']} threads ({versions}); load before "
        f"{machine['load_before']}, other processes used {_share(record['others_share'])} of the "
        "processors."
    )


def _times(summaries: Sequence[Summary]) -> Iterator[str]:
    yield "## Time"
    yield ""
    yield "Calls and runs: minimum / median. Ratios to the uncached run: medians over rounds of the"
    yield "ratio within a round (10 % – 90 %). FLOPs: what PyTorch counts in the run itself."
    yield "Efficiency: latency speed-up over FLOPs speed-up, of minima / of medians."
    yield ""
    yield (
        "| contestant | full call | full call ratio | forecast call | run | latency speed-up "
        "| FLOPs speed-up | efficiency |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for row in summaries:
        cells = [
            row.name,
            _both(row.full),
            _ratio(row.full_ratio),
            _both(row.forecast) if row.skips else "–",
            _both(row.run),
            _ratio(row.latency),
            f"{row.flops:.2f}",
            _two(row.efficiency_of_minima, row.efficiency),
        ]
        yield _line(cells)
    yield ""


def _memory(summaries: Sequence[Summary]) -> Iterator[str]:
    yield "## Memory, the physical limit, the forecast's error"
    yield ""
    yield "Stored: most bytes of tensors alive between calls that were not before the run. Copies:"
    yield "these over one copy of what the row keeps of a full call. Peak: most that PyTorch"
    yield "allocated on the device in a run beyond the weights. Limit: reading order + 1 copies and"
    yield "writing one, in the same rounds (minimum / median); the ratio to it of minima / medians."
    yield "A forecast call also runs what nobody skips, embedding and head; where little is stored"
    yield "that is most of it. Error: relative L2 distance to the uncached output, median over"
    yield "forecast calls."
    yield ""
    yield "| contestant | stored | copies | peak | limit | forecast call / limit | error |"
    yield "|---|---|---|---|---|---|---|"
    for row in summaries[1:]:
        cells = [
            row.name,
            _bytes(row.stored_bytes),
            f"{row.stored_bytes / row.copy_bytes:.2f}" if row.copy_bytes else "–",
            "–" if row.device_peak_bytes is None else _bytes(row.device_peak_bytes),
            "–" if row.limit is None else _both(row.limit),
            _two(row.limit_ratio_of_minima, row.limit_ratio),
            f"{row.error:.1e}" if row.error > 0 else "0",
        ]
        yield _line(cells)
    yield ""


def _agreements(agreements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not agreements:
        return
    yield "## Do they compute the same?"
    yield ""
    yield "Largest relative L2 distance between two contestants' outputs over all forecast calls."
    yield ""
    yield "| one | other | distance |"
    yield "|---|---|---|"
    for pair in agreements:
        yield _line([pair["first"], pair["second"], f"{pair['distance']:.1e}"])
    yield ""


def _absent(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    absent = [row for row in rows if row["unavailable"] is not None]
    if not absent:
        return
    yield "## Did not take part"
    yield ""
    for row in absent:
        yield f"- {row['name']}: {row['unavailable']}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _two(of_minima: float | None, of_medians: float | None) -> str:
    if of_minima is None or of_medians is None:
        return "–"
    return f"{of_minima:.2f} / {of_medians:.2f}"


def _share(share: float | None) -> str:
    return "an unknown share" if share is None else f"{share:.0%}"


def _both(value: Spread) -> str:
    return f"{seconds(value.minimum)} / {seconds(value.median)}"


def _ratio(value: Spread) -> str:
    return f"{value.median:.2f} ({value.p10:.2f} – {value.p90:.2f})"


def seconds(value: float) -> str:
    """A duration in the unit that reads best."""
    if value >= 1:
        return f"{value:.2f} s"
    if value >= 1e-3:
        return f"{value * 1e3:.1f} ms"
    return f"{value * 1e6:.0f} µs"


def _bytes(count: int) -> str:
    if count >= 2**20:
        return f"{count / 2**20:.1f} MiB"
    return f"{count / 2**10:.1f} KiB" if count else "0"
