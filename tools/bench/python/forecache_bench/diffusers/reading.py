"""What the tables say, in sentences that follow from the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forecache_bench.diffusers.summary import Summary

PAPER_EFFICIENCY = (
    ("FLUX.1-dev (N=6, O=2, H800)", 3.31, 4.99),
    ("DiT-XL/2 (N=5, O=3, A800)", 0.428 / 0.180, 4.53),
    ("HunyuanVideo (N=5, O=1, H20)", 4.65, 5.00),
)
"""Latency and FLOPs speed-ups that TaylorSeer publishes (arXiv 2503.06923, tables 1 to 3)."""

SAME_TO_ROUNDING = 1e-5
"""Largest relative distance between contestants of one equation in float32."""

SAME_TO_ROUNDING_IN_HALF = 0.05
"""The same where features are stored and added in bfloat16."""


def reading(record: Mapping[str, Any], summaries: Sequence[Summary]) -> Iterator[str]:
    """The section with what can be said."""
    ours = [row for row in summaries if row.name.startswith("forecache") and row.skips]
    yield "## Reading it"
    yield ""
    for sentence in (
        *_best(ours),
        *_beside_peers(ours, summaries),
        *_near_the_limit(ours),
        *_idle(summaries),
        *_broken(summaries),
        *_same(record),
        *_catalog(record),
        *_paper(ours),
    ):
        yield f"- {sentence}"
    yield ""


def _best(ours: Sequence[Summary]) -> Iterator[str]:
    if ours:
        best = max(ours, key=lambda row: row.latency.median)
        yield (
            f"The fastest row of forecache is {_code(best)}: {best.latency.median:.2f}× in time "
            f"for {best.flops:.2f}× in FLOPs."
        )


def _beside_peers(ours: Sequence[Summary], summaries: Sequence[Summary]) -> Iterator[str]:
    """The same features, the same order: forecast call against forecast call."""
    modules = {_order(row): row for row in ours if " module," in row.name}
    for peer in summaries:
        own = modules.get(_order(peer))
        if own is None or not peer.name.startswith(("authors'", "Diffusers, every")):
            continue
        ratio = peer.forecast.median / own.forecast.median
        stored = peer.stored_bytes / own.stored_bytes
        yield (
            f"{_code(peer)} keeps the same features as {_code(own)}; its forecast call takes "
            f"{ratio:.2f} × the time (medians) and it stores {stored:.2f} × the bytes."
        )


def _near_the_limit(ours: Sequence[Summary]) -> Iterator[str]:
    for row in ours:
        if row.limit_ratio_of_minima is not None and " module," in row.name:
            yield (
                f"{_code(row)}: a forecast call takes {row.limit_ratio_of_minima:.2f} × the time "
                "(minima) of reading all that is stored and writing one copy of it. It writes "
                "only the sum, so 1 is no floor."
            )


def _idle(summaries: Sequence[Summary]) -> Iterator[str]:
    for row in summaries[1:]:
        if not row.skips:
            why = ": its patterns match no module" if row.name.startswith("Diffusers") else ""
            noise = row.latency
            yield (
                f"{_code(row)} skips nothing on this model{why}. It does what the uncached model "
                f"does, so its speed-up of {noise.median:.2f} ({noise.p10:.2f} – {noise.p90:.2f}) "
                "is the noise of this page."
            )


def _broken(summaries: Sequence[Summary]) -> Iterator[str]:
    for row in summaries[1:]:
        if row.error > 0.5:
            yield (
                f"{_code(row)} does not work on this model: the outputs of its forecast calls are "
                f"{row.error:.0%} off, so its speed means nothing."
            )


def _same(record: Mapping[str, Any]) -> Iterator[str]:
    one_equation = [
        pair["distance"]
        for pair in record["agreements"]
        if pair["second"].startswith(("authors'", "Diffusers"))
    ]
    if not one_equation:
        return
    single = record["network"]["dtype"] == "float32"
    limit = SAME_TO_ROUNDING if single else SAME_TO_ROUNDING_IN_HALF
    said = "compute the same" if max(one_equation) <= limit else "do NOT compute the same"
    yield (
        f"Contestants of one equation {said}: at most {max(one_equation):.1e} apart "
        f"(limit {limit:.0e})."
    )


def _catalog(record: Mapping[str, Any]) -> Iterator[str]:
    speedup = record["catalog_speedup"]
    if speedup is not None:
        yield (
            "forecache's model catalogue, which counts as published tables do, gives this plan "
            f"{speedup:.2f}× in FLOPs."
        )


def _paper(ours: Sequence[Summary]) -> Iterator[str]:
    published = "; ".join(
        f"{name} {latency:.2f}× for {flops:.2f}×, {latency / flops:.2f}"
        for name, latency, flops in PAPER_EFFICIENCY
    )
    yield f"Latency efficiency by the paper's own tables: {published}."
    efficiencies = [row.efficiency for row in ours if row.efficiency is not None]
    if efficiencies:
        yield (
            f"Ours here: {min(efficiencies):.2f} to {max(efficiencies):.2f}. Machine, model size "
            "and share of full calls differ from the paper's: only rows of this page compare."
        )


def _order(row: Summary) -> str:
    return row.name.rpartition(", ")[2]


def _code(row: Summary) -> str:
    return f"`{row.name}`"
