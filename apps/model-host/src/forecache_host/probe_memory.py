"""What the probes of a branch remember of the calls before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from forecache.plan import ProbeKind, RunSetup


@dataclass(frozen=True)
class ProbeNeeds:
    """What a walk has to show to the probes of a run.

    `first_blocks`: blocks to compute before the decision, 0 for none. `features`: sites whose
    computed features are shown, and how many of the newest ones are remembered.
    """

    input: bool
    modulated_input: bool
    conditioning: bool
    first_blocks: int
    output: bool
    features: Mapping[str, int]


@dataclass(frozen=True)
class SeenBefore:
    """What a call shows before the decision; None where no probe needs it."""

    input: Tensor | None = None
    modulated_input: Tensor | None = None
    conditioning: Tensor | None = None
    first_blocks: Tensor | None = None


@dataclass(frozen=True)
class SeenCall:
    """A whole call. `is_computed`: nothing was forecast, reused or refreshed in part."""

    before: SeenBefore
    output: Tensor | None
    is_computed: bool
    features: Mapping[str, Tensor]


@dataclass(frozen=True)
class ProbeMemory:
    """Never written: every call makes a new one.

    `last`: the call before. `computed`: the newest call that computed everything. `features`: the
    newest computed features of probed sites, newest first.
    """

    last: SeenBefore | None = None
    computed: SeenCall | None = None
    features: Mapping[str, tuple[Tensor, ...]] = field(default_factory=dict)

    def after(self, call: SeenCall, needs: ProbeNeeds) -> ProbeMemory:
        """The memory after a call."""
        features = dict(self.features)
        for site, count in needs.features.items():
            if site in call.features:
                newest = (call.features[site], *features.get(site, ()))
                features[site] = newest[:count]
        computed = call if call.is_computed else self.computed
        return ProbeMemory(call.before, computed, features)


def probe_needs(setup: RunSetup) -> ProbeNeeds:
    """What the probes of a setup need."""
    counts = {probe.kind: probe.count for probe in setup.probes}
    features: dict[str, int] = {}
    for probe in setup.probes:
        wanted = {
            ProbeKind.FEATURE_CHANGE: (probe.site, 1),
            ProbeKind.FEATURE_MOTION: (probe.site, 0),
            ProbeKind.FEATURE_GRAM: (setup.sites[0] if setup.sites else "", probe.count - 1),
        }.get(probe.kind)
        if wanted is not None:
            site, remembered = wanted
            features[site] = max(remembered, features.get(site, 0))
    return ProbeNeeds(
        input=ProbeKind.INPUT_CHANGE in counts or ProbeKind.OUTPUT_RATE in counts,
        modulated_input=ProbeKind.MODULATED_INPUT_CHANGE in counts,
        conditioning=ProbeKind.CONDITIONING_CHANGE in counts,
        first_blocks=counts.get(ProbeKind.FIRST_BLOCKS_CHANGE, 0),
        output=ProbeKind.OUTPUT_RATE in counts,
        features=features,
    )
