"""The measurements of a run's setup: which of them a pipeline can make, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from forecache.errors import NoPlanError
from forecache.hosting.feature_watch import FeatureWatch
from forecache.hosting.layout import Branch
from forecache.hosting.modulated_input import modulated_input, offers_modulated_input
from forecache.hosting.probe_memory import ProbeMemory, is_comparable
from forecache.hosting.residual_sum import ResidualSum
from forecache.hosting.site_work import CallJob
from forecache.hosting.structure import BlockCall, BlockPlace, Structure
from forecache.plan import Granularity, Probe, ProbeKind, RunSetup
from forecache.torch.probes import (
    gram,
    mean_absolute,
    mean_absolute_difference,
    relative_change,
)

_INSIDE = (
    ProbeKind.MODULATED_INPUT_CHANGE,
    ProbeKind.CONDITIONING_CHANGE,
    ProbeKind.FIRST_BLOCKS_CHANGE,
)
_BEFORE_OR_AFTER = (ProbeKind.INPUT_CHANGE, ProbeKind.OUTPUT_RATE, ProbeKind.FEATURE_GRAM)
_KNOWN = (*_INSIDE, *_BEFORE_OR_AFTER, ProbeKind.FEATURE_CHANGE)
_OUTSIDE = (Granularity.OUTPUT, Granularity.CHANGE)


class Probing:
    """The probes of one run. Raises NoPlanError for one that cannot be measured here.

    late: the probe whose value is known inside the call only, so that the decision falls there.
    """

    def __init__(self, setup: RunSetup, structure: Structure | None) -> None:
        self._kinds = {probe.kind for probe in setup.probes}
        for probe in setup.probes:
            _assert_known(probe, setup, structure)
        inside = [probe for probe in setup.probes if probe.kind in _INSIDE]
        if len(inside) > 1:
            raise NoPlanError("two measurements inside a call are not supported in a pipeline")
        self.late = inside[0] if inside else None
        self._structure = structure
        self._watched = _watched(setup, structure)
        grams = [each.count for each in setup.probes if each.kind is ProbeKind.FEATURE_GRAM]
        self._gram = max(grams, default=0)

    @property
    def is_known_early(self) -> bool:
        """Whether a decision needs nothing of its own call, and may be asked for after the one
        before.
        """
        return self.late is None and ProbeKind.INPUT_CHANGE not in self._kinds

    def before(self, given: Tensor, memory: ProbeMemory) -> dict[str, Tensor]:
        """What is measured before a call, from the network's input."""
        if ProbeKind.INPUT_CHANGE not in self._kinds:
            return {}
        measured = _compared(ProbeKind.INPUT_CHANGE.value, given, memory.input)
        memory.input = given.detach().clone()
        return measured

    def inside(self, value: Tensor, memory: ProbeMemory) -> dict[str, Tensor]:
        """What the meter measured, compared with what it measured then."""
        assert self.late is not None
        then, name = memory.late, self.late.kind.value
        measured = {}
        if then is not None and is_comparable(value, then):
            measured[name] = relative_change(value, then)
        if self.late.kind is not ProbeKind.FIRST_BLOCKS_CHANGE:
            memory.late = value.detach().clone()
        return measured

    def computed(self, value: Tensor | None, memory: ProbeMemory) -> None:
        """Tells that the call computed everything: the first blocks are compared with it from now
        on.
        """
        if self.late is not None and self.late.kind is ProbeKind.FIRST_BLOCKS_CHANGE:
            memory.late = None if value is None else value.detach().clone()

    def after(
        self, given: Tensor, output: Tensor, job: CallJob, memory: ProbeMemory
    ) -> dict[str, Tensor]:
        """What is measured after a call that computed and stored everything."""
        measured: dict[str, Tensor] = {}
        if ProbeKind.OUTPUT_RATE in self._kinds:
            measured["output-size"] = mean_absolute(output)
            measured.update(_compared("output-change", output, memory.output))
            measured.update(_compared("input-span", given, memory.computed_input))
            memory.output = output.detach().clone()
            memory.computed_input = given.detach().clone()
        if self._gram:
            measured.update(_gram(job, self._gram))
        if isinstance(job.watch, FeatureWatch):
            measured.update(_feature_change(job.watch.feature, memory))
        return measured

    def meter(self) -> InsideMeter:
        """A meter for one call. Only where `late` is set."""
        assert self.late is not None
        assert self._structure is not None
        return InsideMeter(self.late, self._structure)

    def watch(self) -> FeatureWatch | None:
        """What looks at a site during one call; None where no site is watched."""
        return None if self._watched is None else FeatureWatch(*self._watched)


@dataclass
class InsideMeter:
    """Measures inside one call; see `walk.Meter`.

    The conditioning is what a block is given to make its modulation from. Wan, LTX and PixArt hand
    their blocks the embedding after its last projection, the other classes before.
    """

    probe: Probe
    structure: Structure

    def __post_init__(self) -> None:
        first_blocks = self.probe.kind is ProbeKind.FIRST_BLOCKS_CHANGE
        self.block = self.probe.count if first_blocks else 0
        self.measured: Tensor | None = None
        self._sum = ResidualSum()

    def enter(self, call: BlockCall) -> None:
        """Before one of the first blocks."""
        self._sum.enter(call.hidden, call.kept(call.image(call.hidden)))

    def leave(self, call: BlockCall, output: Any) -> None:
        """After it."""
        hidden = call.results(output)[call.place.stage.hidden]
        self._sum.leave(hidden, call.image(hidden))

    def value(self, call: BlockCall) -> Tensor:
        """What is compared, before the block of the decision."""
        if self.probe.kind is ProbeKind.FIRST_BLOCKS_CHANGE:
            self.measured = self._sum.total()
        elif self.probe.kind is ProbeKind.CONDITIONING_CHANGE:
            modulation = self.structure.layout.block_modulation
            assert modulation is not None
            self.measured = modulation(call.place.block, call.arguments)
        else:
            self.measured = modulated_input(call)
        return self.measured


def _assert_known(probe: Probe, setup: RunSetup, structure: Structure | None) -> None:
    name = probe.kind.value
    if probe.kind not in _KNOWN:
        raise NoPlanError(f"{name} cannot be measured in a pipeline: use the model host")
    if probe.kind in _BEFORE_OR_AFTER:
        return
    if structure is None or setup.granularity in _OUTSIDE:
        raise NoPlanError(f"{name} is measured inside the network: use another granularity")
    if probe.kind is ProbeKind.CONDITIONING_CHANGE and structure.layout.block_modulation is None:
        kind = type(structure.places[0].block).__name__
        raise NoPlanError(f"{name} is not known for {kind}: its modulation is inside the block")
    if probe.kind is ProbeKind.MODULATED_INPUT_CHANGE and not offers_modulated_input(structure):
        kind = type(structure.places[0].block).__name__
        raise NoPlanError(f"{name} is not known for {kind}: use the model host")


def _watched(setup: RunSetup, structure: Structure | None) -> tuple[BlockPlace, Branch] | None:
    """The one site whose change is measured."""
    names = {each.site for each in setup.probes if each.kind is ProbeKind.FEATURE_CHANGE}
    if not names or structure is None:
        return None
    if len(names) > 1:
        raise NoPlanError("the change of two sites cannot be measured in a pipeline")
    name = names.pop()
    found = structure.site(name)
    if found is None:
        raise NoPlanError(f"the network has no site {name} whose change could be measured")
    if structure.is_compiled():
        raise NoPlanError(f"the change of {name} cannot be seen inside compiled blocks")
    return found


def _feature_change(now: Tensor | None, memory: ProbeMemory) -> dict[str, Tensor]:
    """The change of the watched feature since the computed call before, which it replaces."""
    then, memory.feature = memory.feature, now
    if now is None or then is None or not is_comparable(now, then):
        return {}
    return {ProbeKind.FEATURE_CHANGE.value: relative_change(now, then)}


def _compared(name: str, now: Tensor, then: Tensor | None) -> dict[str, Tensor]:
    """The mean distance to what was before; absent where there is nothing to compare with."""
    if then is None or not is_comparable(now, then):
        return {}
    return {name: mean_absolute_difference(now, then)}


def _gram(job: CallJob, count: int) -> Mapping[str, Tensor]:
    stores = next(iter(job.stores.values()))
    return gram(stores[0].history.newest(0, count))
