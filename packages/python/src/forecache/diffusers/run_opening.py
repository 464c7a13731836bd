"""How a run gets its plan."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from forecache.diffusers.branch_names import DECLARED
from forecache.diffusers.decisions import PARTIAL_REASON, Decisions, has_partial
from forecache.diffusers.inner_sites import InnerSites
from forecache.diffusers.layout import ModelLayout
from forecache.diffusers.modulation_table import ModulationTable, build_table
from forecache.diffusers.network_sites import NetworkSites, StoreOptions
from forecache.diffusers.output_sites import OutputSites
from forecache.diffusers.probing import Probing
from forecache.diffusers.run_state import PlannedRun
from forecache.diffusers.schedule import Schedule, is_strictly_monotone
from forecache.diffusers.settings import EngineSettings
from forecache.diffusers.structure import Structure
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import Granularity, OpenedRun, PlanSource, RunOutcome, RunRequest, RunSetup

logger = logging.getLogger("forecache")

CLIENT = "diffusers"


class RunOpener:
    """Opens the runs of one transformer.

    layout: None where the inside of the transformer is not known, or not reachable: then only
        `output` and `change` can be forecast.
    """

    def __init__(
        self,
        transformer: nn.Module,
        layout: ModelLayout | None,
        settings: EngineSettings,
        source: PlanSource,
        input_name: str,
    ) -> None:
        self._transformer = transformer
        self._layout = layout
        self._settings = settings
        self._source = source
        self._input = input_name
        # The policy's own granularity, once it is known that it is the paper's.
        self._instead: Granularity | None = None

    def open(self, schedule: Schedule, arguments: Mapping[str, Any]) -> PlannedRun:
        """Opens a run. Raises ForecacheError for a wrong option, NoPlanError when there is no
        plan.
        """
        structure = self._structure()
        opened = self._opened(schedule, structure)
        try:
            return self._planned(opened, structure, schedule, arguments)
        except ForecacheError as error:
            opened.close(RunOutcome.ERROR)
            raise NoPlanError(str(error)) from error
        except NoPlanError:
            opened.close(RunOutcome.ERROR)
            raise

    def _structure(self) -> Structure | None:
        return None if self._layout is None else Structure(self._transformer, self._layout)

    def _opened(self, schedule: Schedule, structure: Structure | None) -> OpenedRun:
        wanted = self._settings.granularity or self._instead
        if wanted is None and structure is None:
            wanted = Granularity.OUTPUT
        opened = self._source.open_run(self._request(schedule, structure, wanted))
        is_paper = wanted is None and opened.setup.granularity is Granularity.MODULE
        if not is_paper or opened.setup.token_cache is not None or _is_file(self._source):
            return opened
        # `module` stores every branch of every block; whoever wants that asks for it.
        opened.close(RunOutcome.OK)
        self._instead = Granularity.HIDDEN
        return self._source.open_run(self._request(schedule, structure, self._instead))

    def _request(
        self, schedule: Schedule, structure: Structure | None, granularity: Granularity | None
    ) -> RunRequest:
        positions = schedule.timesteps if is_strictly_monotone(schedule.timesteps) else ()
        return RunRequest(
            policy=self._settings.policy.policy_for(schedule.steps, schedule.calls),
            steps=schedule.steps,
            calls=schedule.calls,
            granularity=granularity,
            timesteps=positions,
            sigmas=schedule.sigmas,
            branches=DECLARED,
            network=None if structure is None else structure.shape(),
            client=CLIENT,
        )

    def _planned(
        self,
        opened: OpenedRun,
        structure: Structure | None,
        schedule: Schedule,
        arguments: Mapping[str, Any],
    ) -> PlannedRun:
        setup, plan = opened.setup, opened.plan
        if setup.token_cache is not None or (plan is not None and has_partial(plan)):
            raise NoPlanError(PARTIAL_REASON)
        if plan is not None and len(plan.calls) != schedule.calls:
            made = f"this run makes {schedule.calls}"
            raise NoPlanError(f"the plan is for {len(plan.calls)} calls, {made}")
        sites = self._sites(setup, structure)
        decisions = Decisions(opened, sites.groups)
        table = None
        if structure is not None and setup.granularity is Granularity.MODULE:
            table = _table(structure, arguments, schedule, decisions.forecast_calls())
        options = StoreOptions(
            max(1, setup.history_size), self._settings.cache_dtype, self._settings.cache_place
        )
        return PlannedRun(opened, sites, decisions, Probing(setup, structure), options, table)

    def _sites(self, setup: RunSetup, structure: Structure | None) -> NetworkSites:
        granularity = setup.granularity
        if granularity in (Granularity.OUTPUT, Granularity.CHANGE):
            return OutputSites(granularity, self._input)
        if structure is None:
            raise NoPlanError(f"{granularity.value} needs a model whose blocks are known")
        is_some = bool(setup.sites) and len(setup.sites) != structure.sites
        if granularity is Granularity.MODULE and is_some:
            raise NoPlanError("the policy keeps some modules only: use the model host")
        if granularity is not Granularity.RESIDUAL:
            return InnerSites(structure, granularity)
        is_whole = tuple(setup.sites) in ((), (f"blocks.0-{structure.last}",))
        return InnerSites(structure, granularity, () if is_whole else setup.sites)


def _table(
    structure: Structure,
    arguments: Mapping[str, Any],
    schedule: Schedule,
    calls: Sequence[int],
) -> ModulationTable | None:
    """The table, or None where it cannot be made: gates then come from the blocks' arguments."""
    try:
        return build_table(structure, arguments, schedule, calls)
    except Exception:
        logger.debug("forecache: gates are made call by call", exc_info=True)
        return None


def _is_file(source: PlanSource) -> bool:
    """A plan file was made for its granularity on purpose."""
    return type(source).__name__ == "PlanFileSource"
