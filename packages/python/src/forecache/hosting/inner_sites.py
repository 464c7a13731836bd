"""Sites inside the network: embedders and head are computed by the model's own forward, blocks are
not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from forecache.errors import ForecacheError
from forecache.hosting.block_shims import visited
from forecache.hosting.feature_store import FeatureStore
from forecache.hosting.layout import IMAGE_TOKENS
from forecache.hosting.module_sites import ModuleApplier, ModuleRecorder
from forecache.hosting.network_sites import Invocation, LateDecision, StoreOptions
from forecache.hosting.range_sites import BlockRange, RangeApplier, RangeRecorder, parse_range
from forecache.hosting.site_work import (
    Applier,
    CallJob,
    Does,
    ForecastImpossible,
    Recorder,
    SiteWork,
    Stores,
    Work,
)
from forecache.hosting.stack_sites import (
    HiddenApplier,
    HiddenRecorder,
    StackApplier,
    StackRecorder,
)
from forecache.hosting.structure import Structure
from forecache.hosting.walk import Plan, Walk
from forecache.plan import Granularity

COMPILED_REASON = "module cannot see inside compiled blocks: use residual or hidden"
OFFLOADED_REASON = (
    "module cannot read gates while the blocks' parameters are not on the latents' device: "
    "use residual or hidden"
)


class InnerSites:
    """Sites at `hidden`, `residual`, `block` or `module`.

    ranges: names of the ranges of blocks that are kept at `residual`; empty: the whole stack. At
        `block` every block has the same action, and the sum of what all add is one feature: exact,
        and one feature's memory.
    """

    def __init__(
        self, structure: Structure, granularity: Granularity, ranges: Sequence[str] = ()
    ) -> None:
        self.structure = structure
        self.granularity = granularity
        is_residual = granularity is Granularity.RESIDUAL
        self._ranges = {name: parse_range(name, structure.last) for name in ranges}
        whole = f"blocks.0-{structure.last}" if is_residual else granularity.value
        self.groups = tuple(self._ranges) or (whole,)
        self.features = structure.sites if granularity is Granularity.MODULE else len(self.groups)

    def refusal(self, arguments: Mapping[str, Any]) -> str | None:
        """Why the layout cannot forecast a call with these arguments."""
        layout = self.structure.layout
        if self.granularity is Granularity.MODULE and self.structure.is_compiled():
            return COMPILED_REASON
        if self.granularity is Granularity.MODULE and not self._has_parameters(arguments):
            return OFFLOADED_REASON
        return layout.refusal(self.structure.transformer, arguments, self.granularity)

    def stores(self, options: StoreOptions) -> Stores:
        """Empty histories: one a group, two for a range that the text stream leaves behind."""

        def store(sites: int) -> FeatureStore:
            return FeatureStore(sites, options.slots, dtype=options.dtype, place=options.place)

        if not self._ranges:
            return {self.groups[0]: [store(self.features)]}
        streams = {each.name: 1 if self._is_last(each) else 2 for each in self._ranges.values()}
        return {name: [store(1) for _ in range(count)] for name, count in streams.items()}

    def run(self, call: Invocation, job: CallJob, work: Work | LateDecision) -> Any:
        """One call of the model's own forward with shims for blocks and head."""
        walk = self._begun(job, work)
        try:
            with visited(self.structure, walk):
                output = call()
        except BaseException:
            walk.abort()
            raise
        walk.commit()
        job.trouble = walk.trouble
        return output

    def _has_parameters(self, arguments: Mapping[str, Any]) -> bool:
        """Whether gates can be made: blocks that are offloaded one by one have no parameters
        between their calls. Where the whole model is, it is there as soon as it is called.
        """
        hook = getattr(self.structure.transformer, "_hf_hook", None)
        is_moved_whole = type(hook).__name__ == "CpuOffload"
        return is_moved_whole or self.structure.is_on(arguments[self.structure.layout.input].device)

    def _begun(self, job: CallJob, work: Work | LateDecision) -> Walk:
        """The walk of a call. What cannot be recorded is left out, so that the call is made."""
        try:
            return self._walk(job, work)
        except ForecacheError as error:
            for stores in job.stores.values():
                for store in stores:
                    store.abort()
            raise ForecastImpossible(str(error)) from error

    def _walk(self, job: CallJob, work: Work | LateDecision) -> Walk:
        extra = self._extra(job)
        if not isinstance(work, LateDecision):
            return Walk(self._plan(job, work), extra=extra)

        def decide(value: Tensor) -> Plan:
            return self._plan(job, work.decide(value))

        return Walk(None, meter=work.meter, decide=decide, extra=extra)

    def _extra(self, job: CallJob) -> dict[str, Any]:
        count = self.structure.layout.image_tokens
        if count is None:
            return {}
        return {IMAGE_TOKENS: count(self.structure.transformer, job.arguments)}

    def _plan(self, job: CallJob, work: Work) -> Plan:
        plan = Plan([], [])
        if job.watch is not None and all(each.does is Does.STORE for each in work.values()):
            # First: a measurement that is missing must not leave features that count as told.
            plan.recorders.append(job.watch)
        for group, wanted in work.items():
            if wanted.does is Does.STORE:
                plan.recorders.append(self._recorder(group, job))
            elif wanted.does is Does.FORECAST:
                plan.appliers.append(self._applier(group, job, wanted))
        return plan

    def _recorder(self, group: str, job: CallJob) -> Recorder:
        stores = job.stores[group]
        if self.granularity is Granularity.HIDDEN:
            return HiddenRecorder(group, stores[0], job)
        if self.granularity is Granularity.MODULE:
            return ModuleRecorder(self.structure, stores[0], job)
        kept = self._ranges.get(group)
        if kept is None or self._is_last(kept):
            return StackRecorder(group, stores[0], job, 0 if kept is None else kept.first)
        return RangeRecorder(kept, stores, job)

    def _applier(self, group: str, job: CallJob, wanted: SiteWork) -> Applier:
        stores, weights = job.stores[group], wanted.weights
        if self.granularity is Granularity.HIDDEN:
            return HiddenApplier(stores[0], weights)
        if self.granularity is Granularity.MODULE:
            return ModuleApplier(self.structure, stores[0], weights, job.gates)
        kept = self._ranges.get(group)
        if kept is None or self._is_last(kept):
            return StackApplier(stores[0], weights, 0 if kept is None else kept.first)
        return RangeApplier(kept, stores, weights)

    def _is_last(self, kept: BlockRange) -> bool:
        """Whether nothing reads the text stream behind the range."""
        return kept.last == self.structure.last
