"""The probes of one branch of a run: what is measured before a call and after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from torch import Tensor

from forecache.plan import Probe, ProbeKind, RunSetup
from forecache_host.distances import (
    feature_motion,
    gram,
    mean_absolute,
    mean_absolute_difference,
    relative_change,
)
from forecache_host.host_error import HostError
from forecache_host.probe_memory import ProbeMemory, ProbeNeeds, SeenBefore, SeenCall, probe_needs


class BranchProbes:
    """Remembers nothing of a call before its `commit`.

    The newest call that was committed may be begun again and measures the same again; an earlier
    one is refused.
    """

    def __init__(self, setup: RunSetup) -> None:
        self.setup = setup
        self.needs: ProbeNeeds = probe_needs(setup)
        self._newest_call = -1
        self._before = ProbeMemory()
        self._after = ProbeMemory()

    def begin_call(self, call_index: int) -> CallProbes:
        """The probes of a call."""
        if call_index < self._newest_call:
            message = f"call {call_index} cannot be measured after call {self._newest_call}"
            raise HostError("failed-precondition", message)
        memory = self._before if call_index == self._newest_call else self._after
        return CallProbes(self, call_index, memory)

    def commit(self, call_index: int, before: ProbeMemory, after: ProbeMemory) -> None:
        """Makes a call the one before the next."""
        if self.setup.probes:
            self._newest_call, self._before, self._after = call_index, before, after


class CallProbes:
    """The probes of one call, told what the walk sees in this order: before, features, after."""

    def __init__(self, probes: BranchProbes, call_index: int, memory: ProbeMemory) -> None:
        self._probes = probes
        self._call_index = call_index
        self._memory = memory
        self._seen = SeenBefore()
        self._features: dict[str, Tensor] = {}
        self._after = memory

    def before(self, seen: SeenBefore) -> dict[str, float]:
        """Measures before the call."""
        self._seen = seen
        measured = [
            _measure_before(probe, seen, self._memory) for probe in self._probes.setup.probes
        ]
        return _existing(measured)

    def feature(self, site: str, feature: Tensor) -> None:
        """A feature that the call computed. Kept by reference: nobody writes to it."""
        if site in self._probes.needs.features:
            self._features[site] = feature

    def after(self, output: Tensor, *, is_computed: bool) -> dict[str, float]:
        """Measures after the call."""
        shown = output if self._probes.needs.output else None
        call = SeenCall(self._seen, shown, is_computed, self._features)
        self._after = self._memory.after(call, self._probes.needs)
        setup = self._probes.setup
        return _existing([_measure_after(p, setup, call, self._memory) for p in setup.probes])

    def commit(self) -> None:
        """Makes this call the one before the next."""
        self._probes.commit(self._call_index, self._memory, self._after)


def _measure_before(probe: Probe, seen: SeenBefore, memory: ProbeMemory) -> Mapping[str, float]:
    last = memory.last or SeenBefore()
    computed = memory.computed.before if memory.computed else SeenBefore()
    pairs = {
        ProbeKind.MODULATED_INPUT_CHANGE: (seen.modulated_input, last.modulated_input),
        ProbeKind.CONDITIONING_CHANGE: (seen.conditioning, last.conditioning),
        ProbeKind.INPUT_CHANGE: (seen.input, last.input),
        ProbeKind.FIRST_BLOCKS_CHANGE: (seen.first_blocks, computed.first_blocks),
    }
    if probe.kind not in pairs:
        return {}
    is_input = probe.kind is ProbeKind.INPUT_CHANGE
    distance = mean_absolute_difference if is_input else relative_change
    return {probe.kind.value: _compare(*pairs[probe.kind], distance)}


def _measure_after(
    probe: Probe, setup: RunSetup, call: SeenCall, memory: ProbeMemory
) -> Mapping[str, float]:
    name = probe.kind.value
    if probe.kind is ProbeKind.OUTPUT_RATE:
        return _output_rate(call, memory.computed)
    if probe.kind is ProbeKind.FEATURE_CHANGE:
        older = next(iter(memory.features.get(probe.site, ())), None)
        return {name: _compare(call.features.get(probe.site), older, relative_change)}
    if probe.kind is ProbeKind.FEATURE_MOTION and probe.site in call.features:
        return {name: feature_motion(call.features[probe.site], probe.count)}
    if probe.kind is ProbeKind.FEATURE_GRAM and setup.sites[0] in call.features:
        site = setup.sites[0]
        return _gram_scalars((call.features[site], *memory.features.get(site, ())), probe.count)
    return {}


def _output_rate(call: SeenCall, before: SeenCall | None) -> Mapping[str, float]:
    if not call.is_computed or call.output is None:
        return {}
    older = before or SeenCall(SeenBefore(), None, is_computed=False, features={})
    distance = mean_absolute_difference
    return {
        "output-size": mean_absolute(call.output),
        "output-change": _compare(call.output, older.output, distance),
        "input-span": _compare(call.before.input, older.before.input, distance),
    }


def _gram_scalars(features: tuple[Tensor, ...], count: int) -> Mapping[str, float]:
    products = gram(features[:count]).tolist()
    size = len(products)
    return {f"gram.{i}.{j}": products[i][j] for i in range(size) for j in range(i, size)}


def _compare(
    now: Tensor | None, then: Tensor | None, distance: Callable[[Tensor, Tensor], float]
) -> float:
    return math.nan if now is None or then is None else distance(now, then)


def _existing(measured: list[Mapping[str, float]]) -> dict[str, float]:
    """A number that does not exist, or is not finite, is absent."""
    entries = [entry for each in measured for entry in each.items()]
    return {name: value for name, value in entries if math.isfinite(value)}
