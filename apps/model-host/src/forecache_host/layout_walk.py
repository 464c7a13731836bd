"""One call by plan of a transformer with a layout."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from torch import Tensor

from forecache.hosting.block_shims import visited
from forecache.hosting.layout import IMAGE_TOKENS
from forecache.plan import CallPlan, Granularity
from forecache_host.call_walk import FinishedCall, SiteCounts, WalkHost
from forecache_host.host_error import HostError
from forecache_host.layout_visitor import TEXT, LayoutVisitor
from forecache_host.module_sum import ModuleSum
from forecache_host.probe_memory import SeenBefore
from forecache_host.resolved_plan import Level, ResolvedPlan, resolve_plan

if TYPE_CHECKING:
    from forecache_host.layout_network import LayoutNetwork
    from forecache_host.network import CallInput


class LayoutWalk:
    """Begins a call: compares its input. The network is called once, by `finish`."""

    def __init__(self, network: LayoutNetwork, call: CallInput, host: WalkHost) -> None:
        self._network = network
        self._image = call.image
        self._arguments = network.arguments(call)
        self._host = host
        self._probes = host.probes.begin_call(host.call_index)
        shown = call.image if host.probes.needs.input else None
        self.scalars = self._probes.before(SeenBefore(input=shown))

    def finish(self, plan: CallPlan) -> FinishedCall:
        """Computes the call."""
        resolved = resolve_plan(self._network.description, self._host.setup, plan)
        counts = SiteCounts(forecast=len(resolved.actions))
        features: dict[str, Tensor] = {}
        first = resolved.actions[0] if resolved.actions else None
        if first is not None and first.span.level is Level.END:
            end = self._host.forecast(first.site, first.action)
            output = end if first.site == "output" else self._image + end
        else:
            output = self._call_model(resolved, features, counts)
        for site in self._host.probes.needs.features:
            if site in features:
                self._probes.feature(site, features[site])
        scalars = self._probes.after(output, is_computed=not resolved.actions)
        kept = {name: f for name, f in features.items() if self._is_kept(name, resolved)}
        return FinishedCall(output, counts, self._probes.commit, scalars, kept)

    def _call_model(
        self, plan: ResolvedPlan, features: dict[str, Tensor], counts: SiteCounts
    ) -> Tensor:
        self._host.check()
        structure = self._network.structure
        stand_ins = nullcontext()
        if structure is not None:
            visitor = self._visitor(plan, features)
            stand_ins = visited(structure, visitor)  # type: ignore[assignment] # both yield None
        with stand_ins:
            output: Tensor = self._network.model(**self._arguments, return_dict=False)[0]
        counts.forwarded = self._computed_modules(plan)
        features["output"] = output
        if "change" in self._watched:
            features["change"] = output - self._image
        return output

    def _visitor(self, plan: ResolvedPlan, features: dict[str, Tensor]) -> LayoutVisitor:
        structure = self._network.structure
        assert structure is not None
        layout = structure.layout
        if plan.actions:
            self._assert_possible(plan)
        extra = {}
        if layout.image_tokens is not None:
            extra[IMAGE_TOKENS] = layout.image_tokens(structure.transformer, self._arguments)
        return LayoutVisitor(
            structure,
            plan=plan,
            host=self._host,
            watched=self._watched,
            features=features,
            modules=ModuleSum(layout, self._host.forecast),
            extra=extra,
        )

    @property
    def _watched(self) -> set[str]:
        """Kept and probed sites."""
        return {*self._host.setup.sites, *self._host.probes.needs.features}

    def _assert_possible(self, plan: ResolvedPlan) -> None:
        """Raises where a forecast inside the network would not be the model's."""
        structure = self._network.structure
        assert structure is not None
        levels = {skip.span.level for skip in plan.actions}
        name = self._network.description.model
        if Level.MODULE in levels and len(plan.actions) != structure.sites:
            message = (
                f"model {name} forecasts all of its {structure.sites} modules in a call or none, "
                f"got {len(plan.actions)} that are not full"
            )
            raise HostError("unimplemented", message)
        granularity = Granularity.MODULE if Level.MODULE in levels else Granularity.RESIDUAL
        layout = structure.layout
        refusal = layout.refusal(structure.transformer, self._arguments, granularity)
        if refusal is not None and Level.HIDDEN not in levels:
            raise HostError("unimplemented", f"model {name} cannot forecast with {refusal}")

    def _computed_modules(self, plan: ResolvedPlan) -> int:
        modules = range(len(self._network.description.modules))
        spans = [skip.span for skip in plan.actions]
        return sum(all(not span.start <= i < span.end for span in spans) for i in modules)

    def _is_kept(self, name: str, plan: ResolvedPlan) -> bool:
        site = name.removesuffix(TEXT)
        return site in self._host.setup.sites and plan.is_computed(site)
