"""How a run gets its plan, and at which granularity the model can follow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import nn

from forecache.client import PlanFileSource
from forecache.errors import ForecacheError, NoPlanError
from forecache.hosting.decisions import Decisions, assert_followable
from forecache.hosting.finding_sites import OUTSIDE, find_sites
from forecache.hosting.network_sites import StoreOptions
from forecache.hosting.planned_run import PlannedRun
from forecache.hosting.probing import Probing
from forecache.hosting.structure import Structure
from forecache.plan import Granularity, OpenedRun, PlanSource, RunOutcome, RunRequest
from forecache_comfyui.layouts import find_layout
from forecache_comfyui.sampler_schedule import SamplerSchedule
from forecache_comfyui.settings import NodeSettings

CLIENT = "comfyui"
BRANCH = "joint"
INPUT = "x"
"""The network's first argument, whatever the class calls it."""

REPLACING = (Granularity.MODULE, Granularity.HIDDEN, Granularity.OUTPUT)
"""Granularities for which another one is taken where the sampler adds noise: `module` is only asked
for by name, the others replace what the noise went into.
"""


@dataclass(frozen=True)
class Obstacles:
    """What is in the way of some granularities, None where nothing is.

    unreachable: why only `output` and `change` can be forecast. noise: why what replaces a result
        is far from it: the sampler's fresh noise, which only what is added to the network's input
        lets through.
    """

    unreachable: str | None = None
    noise: str | None = None


class RunOpener:
    """Opens the run of one sampler run.

    warn: is told when the granularity is not the one that was asked for.
    """

    def __init__(
        self,
        network: nn.Module,
        settings: NodeSettings,
        obstacles: Obstacles,
        warn: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._name = type(network).__name__
        self._warn = warn
        self._structure: Structure | None = None
        self._noise = obstacles.noise
        self._unreachable = obstacles.unreachable or f"the inside of {self._name} is not known"
        layout = None if obstacles.unreachable else find_layout(network)
        if layout is not None:
            self._structure = Structure(network, layout)

    def open(self, schedule: SamplerSchedule, is_full: tuple[bool, ...]) -> PlannedRun:
        """Opens a run. Raises NoPlanError with the reason when there is no plan to follow."""
        try:
            opened = self._opened(schedule, is_full)
        except ForecacheError as error:
            raise NoPlanError(str(error)) from error
        try:
            return self._planned(opened, schedule)
        except ForecacheError as error:
            opened.close(RunOutcome.ERROR)
            raise NoPlanError(str(error)) from error
        except NoPlanError:
            opened.close(RunOutcome.ERROR)
            raise

    def _opened(self, schedule: SamplerSchedule, is_full: tuple[bool, ...]) -> OpenedRun:
        request = RunRequest(
            policy=self._settings.policy_for(schedule.calls, is_full),
            steps=schedule.calls,
            calls=schedule.calls,
            sigmas=schedule.sigmas if schedule.is_falling else (),
            branches=(BRANCH,),
            network=None if self._structure is None else self._structure.shape(),
            client=CLIENT,
        )
        wanted = self._settings.engine.granularity
        if wanted is not None:
            return self._source.open_run(replace(request, granularity=self._reachable(wanted)))
        try:
            opened = self._source.open_run(request)
        except ForecacheError:
            # Whatever the policy needs to know of an unknown inside, it may not need at the output.
            if self._structure is not None:
                raise
            instead = self._default(Granularity.OUTPUT)
        else:
            instead = self._default(opened.setup.granularity)
            if instead is opened.setup.granularity or isinstance(self._source, PlanFileSource):
                return opened
            opened.close(RunOutcome.OK)
        return self._source.open_run(replace(request, granularity=instead))

    def _default(self, own: Granularity) -> Granularity:
        """Where features are kept if only the policy has a preference."""
        is_inside = self._structure is not None
        if self._settings.engine.is_preset and (is_inside or own in OUTSIDE):
            return own
        if self._noise is not None and own in REPLACING:
            return Granularity.RESIDUAL if is_inside else Granularity.CHANGE
        if not is_inside and own not in OUTSIDE:
            return Granularity.OUTPUT
        # Every branch of every block is much memory: whoever wants that asks for it.
        return Granularity.HIDDEN if own is Granularity.MODULE else own

    @property
    def _source(self) -> PlanSource:
        return self._settings.source

    def _reachable(self, wanted: Granularity) -> Granularity:
        """The granularity nearest to the wanted one that the model offers."""
        if self._noise is not None and wanted in (Granularity.HIDDEN, Granularity.OUTPUT):
            self._warn(f"{self._noise}: block and change are closer than {wanted.value}")
        if wanted in OUTSIDE:
            return wanted
        if self._structure is None:
            self._warn(f"{wanted.value} cannot be reached, output is used: {self._unreachable}")
            return Granularity.OUTPUT
        if wanted is Granularity.MODULE and self._structure.sites == 0:
            reason = f"the branches of a {self._name} block are not modules of their own"
            self._warn(f"module cannot be reached, hidden is used: {reason}")
            return Granularity.HIDDEN
        return wanted

    def _planned(self, opened: OpenedRun, schedule: SamplerSchedule) -> PlannedRun:
        setup = opened.setup
        assert_followable(opened, schedule.calls)
        sites = find_sites(setup, self._structure, INPUT)
        options = StoreOptions(
            max(1, setup.history_size),
            self._settings.engine.cache_dtype,
            self._settings.engine.cache_place,
        )
        return PlannedRun(
            opened,
            sites,
            Decisions(opened, sites.groups),
            Probing(setup, self._structure),
            options,
        )
