"""Plans from a file that `forecache plan --json` printed: no sidecar at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from forecache.client.read_plan_file import PlanFile, read_plan_file
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import CallPlan, CallReport, RunOutcome, RunPlan, RunRequest, RunSetup


class PlanFileSource:
    """A `PlanSource` of one plan: the output of `forecache plan --steps N --policy P ... --json`.

    Every run of as many calls as the file's gets its plan; the policy and the options of a request
    are not looked at. Raises ForecacheError for a file that is not such a plan.
    """

    def __init__(self, file: Path | str) -> None:
        self._file = read_plan_file(Path(file))

    @property
    def calls(self) -> int:
        """Calls of the runs that the plan is for."""
        return len(self._file.plan.calls)

    def open_run(self, request: RunRequest) -> PlannedRun:
        """The file's plan at the request's granularity, default the file's own.

        Raises NoPlanError for a run of another length, ForecacheError for another granularity.
        """
        if request.calls != self.calls:
            made = f"this run makes {request.calls}"
            raise NoPlanError(f"the plan file is for {self.calls} calls, {made}")
        return PlannedRun(self._setup(request), self._file)

    def close(self) -> None:
        """Nothing is open."""

    def _setup(self, request: RunRequest) -> RunSetup:
        granularity = request.granularity or self._file.granularity
        if granularity not in self._file.granularities:
            known = ", ".join(sorted(word.value for word in self._file.granularities))
            raise ForecacheError(
                f"granularity must be one of {known} (plan file), got {granularity.value}"
            )
        return RunSetup(granularity, history_size=self._file.history_size)


class PlannedRun:
    """An `OpenedRun` whose decisions are all known. It has no state."""

    failure: str | None = None

    def __init__(self, setup: RunSetup, file: PlanFile) -> None:
        self.setup = setup
        self.plan: RunPlan = file.plan
        self.policy = file.policy
        self.warnings: Sequence[str] = file.warnings

    def decide(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> CallPlan | None:
        """The plan's entry, the same for every branch."""
        calls = self.plan.calls
        return calls[call_index] if 0 <= call_index < len(calls) else None

    def prefetch(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> None:
        """Every answer is here already."""

    def report(self, report: CallReport) -> None:
        """Nobody listens."""

    def close(self, outcome: RunOutcome) -> None:
        """Nothing is open."""
