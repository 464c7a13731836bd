"""Requests of `forecache.plan` as messages of `cache.proto`. `answers` is the way back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from forecache._generated.forecache.v1 import cache_pb2, model_host_pb2, plan_pb2
from forecache.client.words import (
    ACTION_KINDS,
    GRANULARITIES,
    RUN_OUTCOMES,
    SITE_KINDS,
)
from forecache.errors import ForecacheError
from forecache.plan import CallReport, NetworkShape, RunOutcome, RunRequest


def encode_open_run(request: RunRequest) -> cache_pb2.OpenRunRequest:
    """The message that opens a run in plan mode.

    Timesteps and sigmas that the contract does not allow (another number than calls, not strictly
    monotone as those of a Heun sampler, not finite) are left out: the sidecar then says which
    policy needs them.
    """
    granularity = 0 if request.granularity is None else GRANULARITIES.encode(request.granularity)
    return cache_pb2.OpenRunRequest(
        mode=cache_pb2.RUN_MODE_PLAN,
        policy=plan_pb2.PolicySpec(name=request.policy.name, options=dict(request.policy.options)),
        granularity=plan_pb2.Granularity.ValueType(granularity),
        run=plan_pb2.RunDescription(
            steps=request.steps,
            calls=request.calls,
            timesteps=usable_positions(request.timesteps, request.calls),
            sigmas=usable_positions(request.sigmas, request.calls),
            network=None if request.network is None else encode_network(request.network),
        ),
        branches=[model_host_pb2.BranchConditioning(branch=name) for name in request.branches],
        client=request.client,
    )


def encode_decide(
    run_id: str, branch: str, call_index: int, scalars: Mapping[str, float]
) -> cache_pb2.DecideRequest:
    """The message that asks for one call's action."""
    return cache_pb2.DecideRequest(
        run_id=run_id, branch=branch, call_index=call_index, scalars=finite(scalars)
    )


def encode_report(run_id: str, report: CallReport) -> cache_pb2.ReportRequest:
    """The message that tells what a call did."""
    return cache_pb2.ReportRequest(
        run_id=run_id,
        branch=report.branch,
        call_index=report.call_index,
        action=plan_pb2.ActionKind.ValueType(ACTION_KINDS.encode(report.action)),
        forwarded=report.forwarded,
        forecast=report.forecast,
        wall_us=report.wall_us,
        scalars=finite(report.scalars),
    )


def encode_close_run(run_id: str, outcome: RunOutcome) -> cache_pb2.CloseRunRequest:
    """The message that closes a run."""
    constant = cache_pb2.RunOutcome.ValueType(RUN_OUTCOMES.encode(outcome))
    return cache_pb2.CloseRunRequest(run_id=run_id, outcome=constant)


def encode_network(network: NetworkShape) -> plan_pb2.NetworkShape:
    """The modules of a network."""
    sites = []
    for site in network.sites:
        if site.kind not in SITE_KINDS:
            rule = ", ".join(SITE_KINDS)
            raise ForecacheError(f"kind of site {site.name} must be one of {rule}, got {site.kind}")
        sites.append(
            plan_pb2.SiteShape(
                name=site.name, kind=SITE_KINDS[site.kind], block=site.block, tokens=site.tokens
            )
        )
    return plan_pb2.NetworkShape(blocks=network.blocks, sites=sites)


def usable_positions(positions: Sequence[float], calls: int) -> Sequence[float]:
    """The positions, or none where the contract does not allow them."""
    if len(positions) != calls or not all(map(math.isfinite, positions)):
        return ()
    rises = {after > before for before, after in pairwise(positions)}
    is_monotone = len(rises) <= 1 and len(set(positions)) == calls
    return positions if is_monotone else ()


def finite(scalars: Mapping[str, float]) -> dict[str, float]:
    """Without numbers that are not finite: a policy that lacks a measurement computes."""
    return {name: value for name, value in scalars.items() if math.isfinite(value)}
