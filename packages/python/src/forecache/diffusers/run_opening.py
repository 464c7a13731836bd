"""How a run gets its plan."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from forecache.client import PlanFileSource
from forecache.diffusers.branch_names import DECLARED
from forecache.diffusers.modulation_table import BranchTables
from forecache.diffusers.run_state import TabledRun
from forecache.diffusers.schedule import Schedule, is_strictly_monotone
from forecache.errors import ForecacheError, NoPlanError
from forecache.hosting.decisions import Decisions, assert_followable
from forecache.hosting.finding_sites import find_sites
from forecache.hosting.layout import ModelLayout
from forecache.hosting.network_sites import NetworkSites, StoreOptions
from forecache.hosting.probing import Probing
from forecache.hosting.settings import EngineSettings
from forecache.hosting.structure import Structure
from forecache.plan import Granularity, OpenedRun, PlanSource, RunOutcome, RunRequest

CLIENT = "diffusers"
TRIAL_CLIENT = "diffusers (checks options)"
"""What the sidecar's log calls a run that is opened at `enable` and makes no call."""


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

    def open(self, schedule: Schedule) -> TabledRun:
        """Opens a run. Raises ForecacheError for a wrong option, NoPlanError when there is no
        plan.
        """
        structure = self._structure()
        opened = self._opened(schedule, structure, CLIENT)
        try:
            return self._planned(opened, structure, schedule)
        except ForecacheError as error:
            opened.close(RunOutcome.ERROR)
            raise NoPlanError(str(error)) from error
        except NoPlanError:
            opened.close(RunOutcome.ERROR)
            raise

    def try_out(self, schedule: Schedule) -> None:
        """Opens a run like those to come and closes it.

        Raises ForecacheError for a wrong option and for a policy that cannot be applied to this
        transformer, NoPlanError when nobody answers.
        """
        structure = self._structure()
        opened = self._opened(schedule, structure, TRIAL_CLIENT)
        try:
            self._fitted(opened, structure, schedule.calls)
        except NoPlanError as error:
            policy = opened.policy or self._settings.policy.name
            raise ForecacheError(
                f"policy must be one that can be applied to a "
                f"{type(self._transformer).__name__} here, got {policy}: {error.reason}"
            ) from error
        finally:
            opened.close(RunOutcome.OK)

    def _structure(self) -> Structure | None:
        return None if self._layout is None else Structure(self._transformer, self._layout)

    def _opened(self, schedule: Schedule, structure: Structure | None, client: str) -> OpenedRun:
        wanted = self._settings.granularity or self._instead
        if wanted is None and structure is None:
            wanted = Granularity.OUTPUT
        request = self._request(schedule, structure, client)
        opened = self._source.open_run(replace(request, granularity=wanted))
        is_paper = wanted is None and opened.setup.granularity is Granularity.MODULE
        is_made = isinstance(self._source, PlanFileSource) or self._settings.is_preset
        if not is_paper or is_made or opened.setup.token_cache is not None:
            return opened
        # `module` stores every branch of every block: whoever wants that asks for it, or made a
        # plan file or a preset for it.
        opened.close(RunOutcome.OK)
        self._instead = Granularity.HIDDEN
        return self._source.open_run(replace(request, granularity=self._instead))

    def _request(self, schedule: Schedule, structure: Structure | None, client: str) -> RunRequest:
        positions = schedule.timesteps if is_strictly_monotone(schedule.timesteps) else ()
        return RunRequest(
            policy=self._settings.policy.policy_for(schedule.steps, schedule.calls),
            steps=schedule.steps,
            calls=schedule.calls,
            timesteps=positions,
            sigmas=schedule.sigmas,
            branches=DECLARED,
            network=None if structure is None else structure.shape(),
            client=client,
        )

    def _planned(
        self, opened: OpenedRun, structure: Structure | None, schedule: Schedule
    ) -> TabledRun:
        setup = opened.setup
        sites, probing = self._fitted(opened, structure, schedule.calls)
        decisions = Decisions(opened, sites.groups)
        tables = None
        if structure is not None and setup.granularity is Granularity.MODULE:
            tables = BranchTables(structure, schedule, decisions.forecast_calls())
        options = StoreOptions(
            max(1, setup.history_size), self._settings.cache_dtype, self._settings.cache_place
        )
        return TabledRun(opened, sites, decisions, probing, options, tables)

    def _fitted(
        self, opened: OpenedRun, structure: Structure | None, calls: int
    ) -> tuple[NetworkSites, Probing]:
        """Sites and measurements of a run. Raises NoPlanError where this transformer has none."""
        assert_followable(opened, calls)
        setup = opened.setup
        return find_sites(setup, structure, self._input), Probing(setup, structure)
