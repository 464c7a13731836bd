"""What a host tells whoever decides about a call."""

from __future__ import annotations

from collections.abc import Mapping

from forecache.hosting.site_work import Does, Work
from forecache.plan import ActionKind, CallReport


def report_of(
    place: tuple[str, int], work: Work, features: int, wall_us: int, scalars: Mapping[str, float]
) -> CallReport:
    """The report of one call.

    place: branch and call index. features: sites of all groups together, as many in each group.
    """
    done = list(work.values())
    share = features // len(done)
    forecast = sum(share for each in done if each.does is Does.FORECAST)
    weights = next((each.weights for each in done if each.weights), ())
    kind = ActionKind.FULL
    if forecast > 0:
        kind = ActionKind.REUSE if weights == (1.0,) else ActionKind.FORECAST
    branch, call_index = place
    return CallReport(
        branch=branch,
        call_index=call_index,
        action=kind,
        forwarded=features - forecast,
        forecast=forecast,
        wall_us=wall_us,
        scalars=scalars,
    )
