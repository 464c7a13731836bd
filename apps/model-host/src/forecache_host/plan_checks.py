"""What RunCall refuses: plans that a run with its setup cannot mean, whatever it has stored."""

from __future__ import annotations

from forecache.plan import Action, ActionKind, CallPlan, RunSetup
from forecache_host.host_error import invalid_argument
from forecache_host.resolved_plan import actions_by_site
from forecache_host.sites import ModelDescription


def assert_plan_fits(plan: CallPlan, setup: RunSetup, description: ModelDescription) -> None:
    """Raises unless every action is one that its site has memory for."""
    if not setup.sites and plan.action.kind is not ActionKind.FULL:
        rule = "full in a run that keeps no sites"
        raise invalid_argument("plan.action", rule, plan.action.kind.value)
    cached = setup.token_cache.sites if setup.token_cache else ()
    paths = {}
    for index, exception in enumerate(plan.exceptions):
        path = f"plan.exceptions[{index}]"
        description.site(exception.site)
        if exception.site not in setup.sites and exception.site not in cached:
            rule = "one of the run's kept sites or its token cache"
            raise invalid_argument(f"{path}.site", rule, exception.site)
        paths[exception.site] = f"{path}.action"
    for site, action in actions_by_site(plan, setup).items():
        path = paths.get(site, "plan.action")
        if action.kind is ActionKind.PARTIAL:
            tokens = description.site(site).output.shape[0]
            _assert_partial_fits(path, site, action, tokens if site in cached else None)
        elif action.kind is not ActionKind.FULL and site not in setup.sites:
            rule = f"full or partial at site {site}, which the run does not keep"
            raise invalid_argument(path, rule, action.kind.value)


def _assert_partial_fits(path: str, site: str, action: Action, tokens: int | None) -> None:
    if tokens is None:
        rule = f"other than partial at site {site}, which is not in the token cache"
        raise invalid_argument(path, rule, action.kind.value)
    if action.selection is not None and action.selection.tokens > tokens:
        name = f"{path}.selection.tokens"
        raise invalid_argument(name, f"an integer in 0..{tokens}", action.selection.tokens)
