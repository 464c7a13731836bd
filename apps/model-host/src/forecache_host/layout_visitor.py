"""Stands in for the blocks and the head of one call by plan, and takes the features on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from forecache.hosting.structure import BlockCall, BlockPlace, Structure
from forecache_host.call_walk import WalkHost
from forecache_host.module_sum import ModuleSum
from forecache_host.resolved_plan import Level, ResolvedPlan, SkippedSite
from forecache_host.sites import residual_range

TEXT = "/text"
"""Behind the name of a range: what it adds to the stream of text tokens. No site has a slash."""


@dataclass
class LayoutVisitor:
    """features: what is taken, by site. extra: what the layout adds to every block's arguments.

    A range that ends at the last block is its image tokens' sum at the head; one that ends before
    is what it adds to both streams.
    """

    structure: Structure
    plan: ResolvedPlan
    host: WalkHost
    watched: set[str]
    features: dict[str, Tensor]
    modules: ModuleSum
    extra: Mapping[str, Any]
    _entered: dict[str, tuple[Tensor, Tensor | None]] = field(default_factory=dict)

    def block(self, place: BlockPlace, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Computes a block, or passes its streams on."""
        self.host.check()
        call = BlockCall(place, (args, kwargs), self.extra)
        if self._skips_all():
            if self._level() is Level.MODULE:
                self.modules.pass_block(call)
            return call.passed_through(call.hidden, call.encoder)
        skip = self._skipped_range(place.index)
        if skip is not None:
            return call.passed_through(*self._behind(skip, call))
        self._enter_ranges(call)
        with self._watched_modules(call):
            output = place.block(*args, **kwargs)
        self._leave_ranges(call, output)
        return output

    def head(self, head: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Gives the head what the plan says its input is."""
        self.host.check()
        hidden, *rest = args
        actions = self.plan.actions
        if self._level() is Level.HIDDEN:
            hidden = self.host.forecast(actions[0].site, actions[0].action).to(hidden.dtype)
        elif self._level() is Level.MODULE:
            hidden = self.modules.added_to(hidden, actions)
        elif actions and self._ends_last(actions[-1].site):
            hidden = hidden + self.host.forecast(actions[-1].site, actions[-1].action)
        self._take_at_head(hidden)
        return head(hidden, *rest, **kwargs)

    def _take_at_head(self, hidden: Tensor) -> None:
        for site, (before, _) in self._entered.items():
            self.features[site] = (hidden - before).to(before.dtype)
        if "hidden" in self.watched and self._level() is not Level.HIDDEN:
            self.features["hidden"] = hidden.clone()

    def _level(self) -> Level | None:
        return self.plan.actions[0].span.level if self.plan.actions else None

    def _skips_all(self) -> bool:
        return self._level() in (Level.HIDDEN, Level.MODULE)

    def _skipped_range(self, block: int) -> SkippedSite | None:
        for skip in self.plan.actions:
            first_last = residual_range(skip.site)
            if first_last is not None and first_last[0] <= block <= first_last[1]:
                return skip
        return None

    def _behind(self, skip: SkippedSite, call: BlockCall) -> tuple[Tensor, Tensor | None]:
        """The streams behind a skipped block; the forecast is added at the range's first."""
        first_last = residual_range(skip.site)
        is_first = first_last is not None and call.place.index == first_last[0]
        if not is_first or self._ends_last(skip.site):
            return call.hidden, call.encoder
        hidden = call.hidden + self.host.forecast(skip.site, skip.action)
        encoder = call.encoder
        if encoder is not None and self._changes_text(call):
            encoder = encoder + self.host.forecast(skip.site + TEXT, skip.action)
        return hidden, encoder

    def _watched_ranges(self) -> Iterator[tuple[str, int, int]]:
        skipped = {skip.site for skip in self.plan.actions}
        for site in self.watched - skipped:
            first_last = residual_range(site)
            if first_last is not None:
                yield site, *first_last

    def _enter_ranges(self, call: BlockCall) -> None:
        for site, first, _ in self._watched_ranges():
            if call.place.index == first:
                is_last = self._ends_last(site)
                hidden = call.image(call.hidden) if is_last else call.hidden
                self._entered[site] = (hidden, call.encoder)

    def _leave_ranges(self, call: BlockCall, output: Any) -> None:
        results, stage = call.results(output), call.place.stage
        for site, _, last in self._watched_ranges():
            if call.place.index != last or self._ends_last(site) or site not in self._entered:
                continue
            hidden, encoder = self._entered.pop(site)
            self.features[site] = results[stage.hidden] - hidden
            if encoder is not None and self._changes_text(call):
                assert stage.encoder is not None
                self.features[site + TEXT] = results[stage.encoder] - encoder

    def _changes_text(self, call: BlockCall) -> bool:
        return call.place.stage.encoder in call.place.stage.returns

    def _ends_last(self, site: str) -> bool:
        first_last = residual_range(site)
        return first_last is not None and first_last[1] == self.structure.last

    @contextmanager
    def _watched_modules(self, call: BlockCall) -> Iterator[None]:
        """Takes the outputs of the block's modules while the block runs."""
        handles = []
        shape = self.structure.shape().sites
        names = [site.name for site in shape if site.block == call.place.index]
        for name, branch in zip(names, call.place.branches, strict=True):
            if name not in self.watched:
                continue

            def take(
                _module: nn.Module, _args: Any, output: Any, name: str = name, by: Any = branch
            ) -> None:
                self.features[name] = by.select(output, call.arguments).clone()

            module = call.place.block.get_submodule(branch.module)
            handles.append(module.register_forward_hook(take))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
