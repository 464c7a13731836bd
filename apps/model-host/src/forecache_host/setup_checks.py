"""What BeginRun refuses: setups that cannot be kept or measured."""

from __future__ import annotations

from collections.abc import Callable

from forecache.plan import Probe, ProbeKind, RunSetup
from forecache_host.host_error import invalid_argument
from forecache_host.plan_messages import MAX_HISTORY_SIZE
from forecache_host.sites import MODULE_KINDS, ModelDescription, Site

_TOKEN_KINDS = ("attention", "mlp")
_TOKEN_FEATURES = (*MODULE_KINDS, "residual", "hidden")
_KEPT_KINDS = (*_TOKEN_FEATURES, "output", "change")
_KEPT_RULE = "a module, blocks.<first>-<last>, hidden, output or change"


def assert_run_setup(setup: RunSetup, description: ModelDescription) -> None:
    """Raises unless a host of this network can keep and measure what the setup asks for."""
    assert_integer("setup.history_size", setup.history_size, 1, MAX_HISTORY_SIZE)
    for index, name in enumerate(setup.sites):
        _site(f"setup.sites[{index}]", description, name, among=_KEPT_KINDS, rule=_KEPT_RULE)
    _assert_token_cache(setup, description)
    for index, probe in enumerate(setup.probes):
        path = f"setup.probes[{index}]"
        # Scalars are named after the kind alone.
        if any(other.kind is probe.kind for other in setup.probes[:index]):
            raise invalid_argument(f"{path}.kind", "named once", probe.kind.value)
        _assert_probe(probe, path, setup, description)


def assert_integer(name: str, value: int, least: int, most: int) -> None:
    """Raises unless `least <= value <= most`."""
    if not least <= value <= most:
        raise invalid_argument(name, f"an integer in {least}..{most}", value)


def _assert_token_cache(setup: RunSetup, description: ModelDescription) -> None:
    if setup.token_cache is None:
        return
    path = "setup.token_cache.sites"
    if not setup.token_cache.sites:
        raise invalid_argument(path, "at least one site", [])
    rule = "an attention or MLP module"
    for index, name in enumerate(setup.token_cache.sites):
        _site(f"{path}[{index}]", description, name, among=_TOKEN_KINDS, rule=rule)


def _assert_probe(probe: Probe, path: str, setup: RunSetup, description: ModelDescription) -> None:
    kind = probe.kind
    if probe.site and kind not in (ProbeKind.FEATURE_CHANGE, ProbeKind.FEATURE_MOTION):
        raise invalid_argument(f"{path}.site", f"empty for {kind.value}", probe.site)
    checks: dict[ProbeKind, Callable[[], None]] = {
        ProbeKind.FIRST_BLOCKS_CHANGE: lambda: assert_integer(
            f"{path}.count", probe.count, 1, description.blocks
        ),
        ProbeKind.FEATURE_MOTION: lambda: _assert_motion(probe, path, description),
        ProbeKind.FEATURE_GRAM: lambda: _assert_gram(probe.count, path, setup),
    }
    if kind in checks:
        checks[kind]()
        return
    if kind is ProbeKind.FEATURE_CHANGE:
        _site(f"{path}.site", description, probe.site, among=_KEPT_KINDS, rule=_KEPT_RULE)
    if probe.count != 0:
        raise invalid_argument(f"{path}.count", f"0 for {kind.value}", probe.count)


def _assert_motion(probe: Probe, path: str, description: ModelDescription) -> None:
    rule = "a module, blocks.<first>-<last> or hidden"
    site = _site(f"{path}.site", description, probe.site, among=_TOKEN_FEATURES, rule=rule)
    tokens = site.output.shape[0]
    if 1 <= probe.count < tokens and tokens % probe.count == 0:
        return
    divisor = f"tokens of a frame: a divisor of the site's {tokens} tokens, and less than them"
    raise invalid_argument(f"{path}.count", divisor, probe.count)


def _assert_gram(count: int, path: str, setup: RunSetup) -> None:
    if len(setup.sites) != 1:
        rule = "exactly one site for probe feature-gram"
        raise invalid_argument("setup.sites", rule, setup.sites)
    assert_integer(f"{path}.count", count, 2, MAX_HISTORY_SIZE)
    if count > setup.history_size:
        rule = f"at most setup.history_size ({setup.history_size})"
        raise invalid_argument(f"{path}.count", rule, count)


def _site(
    path: str, description: ModelDescription, name: str, *, among: tuple[str, ...], rule: str
) -> Site:
    site = description.site(name)
    if site.kind not in among:
        raise invalid_argument(path, rule, name)
    return site
