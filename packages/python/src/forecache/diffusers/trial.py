"""The trial run of `enable`: a wrong option is told where it is typed, before any picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecache.diffusers.call_log import CallLog
from forecache.diffusers.run_opening import RunOpener
from forecache.diffusers.schedule import Schedule
from forecache.errors import ForecacheError, NoPlanError
from forecache.hosting.settings import EngineSettings
from forecache.options import MASKS
from forecache.plan import PlanSource

TRIAL_STEPS = 50
"""Calls of a trial where neither the user nor a mask nor a plan file says how many."""


def try_out(trials: Sequence[tuple[RunOpener, CallLog]], schedule: Schedule) -> None:
    """Opens a run for every transformer and closes it. Raises ForecacheError for a wrong option and
    for a policy that cannot be applied.

    That nobody answers is no error, but a warning: runs ask again.
    """
    for opener, log in trials:
        try:
            opener.try_out(schedule)
        except ForecacheError:
            raise
        except NoPlanError as error:
            log.warn(_no_plan(error.reason))
            return
        except Exception as error:
            # The same as at a run: a source that raises something unheard of is nobody.
            log.warn(_no_plan(f"{type(error).__name__}: {error}"))
            return


def trial_schedule(settings: EngineSettings, source: PlanSource, scheduler: Any) -> Schedule:
    """A run of the length that is known, else of TRIAL_STEPS, with positions where the runs of this
    scheduler will have some. `scheduler`: None for a transformer without a pipeline.
    """
    calls = settings.steps or getattr(source, "calls", None) or _mask_length(settings)
    calls = calls or TRIAL_STEPS
    falling = tuple((calls - call) / calls for call in range(calls))
    return Schedule(
        steps=calls,
        calls=calls,
        timesteps=() if scheduler is None else tuple(1000 * each for each in falling),
        sigmas=falling if hasattr(scheduler, "sigmas") else (),
    )


def _mask_length(settings: EngineSettings) -> int | None:
    """Calls that a mask has digits for: it would be refused for any other number."""
    options = settings.policy.options
    lengths = [sum(map(str.isdigit, options[name])) for name in MASKS if name in options]
    return lengths[0] if lengths else None


def _no_plan(reason: str) -> str:
    return f"no plan: {reason}; every call will be computed in full"
