"""One call of an adaLN-zero transformer by plan, site by site.

    embed(x, t, label) -> hidden        modulation -> shifts, scales, gates
    for each block:  hidden += gate * attention(hidden);  hidden += gate * mlp(hidden)
    head(hidden) -> output

What is computed at a forecast call: `module`, `block` and `residual` embed, modulation, additions,
head; `hidden` embed, modulation, head; `output` and `change` nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from forecache.plan import ActionKind, CallPlan
from forecache_host.call_walk import FinishedCall, SiteCounts, WalkHost
from forecache_host.probe_memory import ProbeNeeds, SeenBefore
from forecache_host.resolved_plan import Level, ResolvedPlan, SkippedSite, resolve_plan, span_of
from forecache_host.segmented_call import SegmentedCall
from forecache_host.sites import residual_range
from forecache_host.watched_ranges import WatchedRanges

if TYPE_CHECKING:
    from forecache_host.network import CallInput, SegmentedNetwork


class SegmentedWalk:
    """Begins a call: computes no more than its probes measure, and that only once."""

    def __init__(self, network: SegmentedNetwork, call: CallInput, host: WalkHost) -> None:
        self._network = network
        self._input = call
        self._host = host
        self._setup = host.setup
        self._counts = SiteCounts()
        self._features: dict[str, Tensor] = {}
        self._opened: SegmentedCall | None = None
        # Branches that were computed to be measured, by name.
        self._known: dict[str, Tensor] = {}
        self._probes = host.probes.begin_call(host.call_index)
        self.scalars = self._probes.before(self._see(host.probes.needs))

    def finish(self, plan: CallPlan) -> FinishedCall:
        """Computes the rest of the call. To be called once."""
        resolved = resolve_plan(self._network.description, self._setup, plan)
        output = self._run(resolved)
        scalars = self._probes.after(output, is_computed=not resolved.actions)
        # A module that was only computed to be measured is not the plan's.
        features = {s: f for s, f in self._features.items() if resolved.is_computed(s)}
        return FinishedCall(output, self._counts, self._probes.commit, scalars, features)

    def _see(self, needs: ProbeNeeds) -> SeenBefore:
        image = self._input.image if needs.input else None
        if not (needs.modulated_input or needs.conditioning or needs.first_blocks):
            return SeenBefore(input=image)
        call = self._open().call
        return SeenBefore(
            input=image,
            modulated_input=call.modulated_input() if needs.modulated_input else None,
            conditioning=call.conditioning if needs.conditioning else None,
            first_blocks=self._first_blocks(needs.first_blocks) if needs.first_blocks else None,
        )

    def _first_blocks(self, blocks: int) -> Tensor:
        """What the first blocks add to the hidden state."""
        call = self._open()
        hidden = call.call.embedded
        for module in self._network.description.modules:
            if module.block >= blocks:
                break
            self._known[module.name] = self._compute(module.name, hidden)
            hidden = hidden + call.call.gate(module.name) * self._known[module.name]
        return hidden - call.call.embedded

    def _run(self, plan: ResolvedPlan) -> Tensor:
        first = plan.actions[0] if plan.actions else None
        if first is not None and first.span.level is Level.END:
            end = self._forecast(first)
            return end if first.site == "output" else self._input.image + end
        hidden = self._hidden(plan)
        self._host.check()
        output = self._open().compute("head", hidden, None)
        self._counts.forwarded += 1
        if "change" in self._watched:
            self._tell("change", output - self._input.image)
        self._tell("output", output)
        return output

    def _hidden(self, plan: ResolvedPlan) -> Tensor:
        first = plan.actions[0] if plan.actions else None
        if first is not None:
            # What was computed beforehand from a hidden state that this plan changes is not the
            # plan's.
            for module in self._network.description.modules[first.span.start :]:
                if self._known.pop(module.name, None) is not None:
                    self._features.pop(module.name, None)
            if first.span.level is Level.HIDDEN:
                return self._forecast(first)
        hidden = self._blocks(plan)
        self._tell("hidden", hidden)
        return hidden

    def _blocks(self, plan: ResolvedPlan) -> Tensor:
        """Adds every branch, or the range that replaces it, to the hidden state."""
        call = self._open().call
        ranges = self._ranges(plan)
        skipped = {skip.span.start: skip for skip in plan.actions}
        hidden = call.embedded
        modules = self._network.description.modules
        index = 0
        while index < len(modules):
            ranges.visit(index, hidden)
            skip = skipped.get(index)
            if skip is not None and skip.span.level is Level.RANGE:
                hidden = hidden + self._forecast(skip)
                index = skip.span.end
                continue
            site = modules[index].name
            # Product and sum are rounded one by one, as whoever composes a call from forwards does
            # it.
            hidden = hidden + call.gate(site) * self._branch(site, hidden, skip)
            index += 1
        ranges.visit(index, hidden)
        return hidden

    def _branch(self, site: str, hidden: Tensor, skip: SkippedSite | None) -> Tensor:
        if skip is None:
            feature = self._known.get(site)
            feature = self._compute(site, hidden) if feature is None else feature
            self._probes.feature(site, feature)
            return feature
        if skip.action.kind is not ActionKind.PARTIAL:
            return self._forecast(skip)
        self._host.check()
        self._counts.partial += 1
        return self._open().compute(site, hidden, skip.action.selection)

    def _compute(self, site: str, hidden: Tensor) -> Tensor:
        self._host.check()
        self._counts.forwarded += 1
        feature = self._open().compute(site, hidden, None)
        if site in self._setup.sites:
            self._features[site] = feature
        return feature

    def _forecast(self, skip: SkippedSite) -> Tensor:
        self._counts.forecast += 1
        return self._host.forecast(skip.site, skip.action)

    def _open(self) -> SegmentedCall:
        if self._opened is None:
            self._host.check()
            begun = self._network.begin(self._input)
            self._opened = SegmentedCall(self._host.call_index, begun, self._host.tokens)
            self._counts.forwarded += 2  # embed and modulation
        return self._opened

    @property
    def _watched(self) -> set[str]:
        """Kept and probed sites."""
        return {*self._setup.sites, *self._host.probes.needs.features}

    def _ranges(self, plan: ResolvedPlan) -> WatchedRanges:
        skipped = {skip.site for skip in plan.actions}
        ranges = {
            site: span_of(self._network.description, site)
            for site in self._watched - skipped
            if residual_range(site) is not None
        }
        return WatchedRanges(ranges, self._tell)

    def _tell(self, site: str, feature: Tensor) -> None:
        """Hands the true feature of a composed site to whoever wants it."""
        self._probes.feature(site, feature)
        if site in self._setup.sites:
            self._features[site] = feature
