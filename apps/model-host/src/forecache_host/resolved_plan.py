"""What a plan comes to: sites nest, and the outermost one that is not full wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from forecache.plan import Action, ActionKind, CallPlan, RunSetup
from forecache_host.host_error import HostError, invalid_argument
from forecache_host.sites import ModelDescription, residual_range


class Level(IntEnum):
    """How far out a site is. END is output and change."""

    END = 0
    HIDDEN = 1
    RANGE = 2
    MODULE = 3


@dataclass(frozen=True)
class Span:
    """Modules `start` up to `end`, the end not included, that a site stands for."""

    start: int
    end: int
    level: Level

    def holds(self, other: Span) -> bool:
        """Whether the other site lies within this one."""
        return self.level <= other.level and self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class SkippedSite:
    """A site that is not computed in full."""

    site: str
    action: Action
    span: Span


@dataclass(frozen=True)
class ResolvedPlan:
    """The sites that a call does not compute in full, in walk order, none within another."""

    actions: tuple[SkippedSite, ...]
    spans: Mapping[str, Span]

    def is_computed(self, site: str) -> bool:
        """Whether the plan leaves the site to be computed: skips neither it nor what it lies
        within.
        """
        return not any(skip.span.holds(self.spans[site]) for skip in self.actions)


def actions_by_site(plan: CallPlan, setup: RunSetup) -> dict[str, Action]:
    """What a plan says about every kept site and every exception."""
    named = {exception.site: exception.action for exception in plan.exceptions}
    return {**dict.fromkeys(setup.sites, plan.action), **named}


def resolve_plan(description: ModelDescription, setup: RunSetup, plan: CallPlan) -> ResolvedPlan:
    """Raises for two sites that overlap, are equally far out, and are both other than full."""
    actions = actions_by_site(plan, setup)
    spans = {site: span_of(description, site) for site in actions}
    skipped = [
        SkippedSite(site, action, spans[site])
        for site, action in actions.items()
        if action.kind is not ActionKind.FULL
    ]
    outermost: list[SkippedSite] = []
    for skip in sorted(skipped, key=lambda each: each.span.level):
        other = next((each for each in outermost if each.span.overlaps(skip.span)), None)
        if other is None:
            outermost.append(skip)
        elif other.span.level == skip.span.level:
            raise _contradiction(other, skip)
    outermost.sort(key=lambda each: each.span.start)
    return ResolvedPlan(tuple(outermost), spans)


def span_of(description: ModelDescription, site: str) -> Span:
    """What a site stands for; raises for sites that are always computed."""
    modules = description.modules
    if site in ("output", "change"):
        return Span(0, len(modules), Level.END)
    if site == "hidden":
        return Span(0, len(modules), Level.HIDDEN)
    first_last = residual_range(site)
    if first_last is not None and first_last[0] <= first_last[1] < description.blocks:
        first, last = first_last
        inside = [i for i, module in enumerate(modules) if first <= module.block <= last]
        return Span(inside[0], inside[-1] + 1, Level.RANGE)
    for index, module in enumerate(modules):
        if module.name == site:
            return Span(index, index + 1, Level.MODULE)
    raise invalid_argument("site", "a site that can be forecast", site)


def _contradiction(one: SkippedSite, other: SkippedSite) -> HostError:
    message = (
        f"sites {one.site} and {other.site} overlap: "
        "only one of them can be other than full in one call, "
        f"got {one.action.kind.value} and {other.action.kind.value}"
    )
    return HostError("invalid-argument", message)
