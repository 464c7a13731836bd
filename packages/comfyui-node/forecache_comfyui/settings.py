"""What the user set on the nodes, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from forecache.errors import ForecacheError
from forecache.hosting.settings import EngineSettings, compile_settings
from forecache.plan import PlanSource, PolicySpec

DEFAULTS: Mapping[str, object] = {
    "granularity": None,
    "cache_dtype": None,
    "cache_place": "device",
    "verbose": True,
    "steps": None,
    "trace": None,
}


@dataclass(frozen=True)
class NodeSettings:
    """Complete and checked.

    engine: policy, granularity (None: the policy's own, as far as the model allows) and where
        features are kept.
    source: who decides.
    start_percent, end_percent: part of the sampling outside of which every evaluation is computed,
        in ComfyUI's per cent of the noise schedule, 0 to 1.
    """

    engine: EngineSettings
    source: PlanSource
    start_percent: float = 0.0
    end_percent: float = 1.0

    def policy_for(self, calls: int, is_full: tuple[bool, ...]) -> PolicySpec:
        """The policy of a run of so many evaluations. is_full: those outside of the percents."""
        spec = self.engine.policy.policy_for(calls, calls)
        if not any(is_full):
            return spec
        own = spec.options.get("step_mask", "0" * calls)
        if len(own) != calls:
            return spec  # a wrong length is the sidecar's to refuse
        mask = "".join(
            "1" if digit == "1" or full else "0" for digit, full in zip(own, is_full, strict=True)
        )
        return replace(spec, options={**spec.options, "step_mask": mask})


def compile_node_settings(
    policy: str,
    options: Mapping[str, object],
    source: PlanSource,
    *,
    percents: tuple[float, float] = (0.0, 1.0),
    **given: object,
) -> NodeSettings:
    """Checks what can be checked without a model.

    given: any of DEFAULTS. Raises ForecacheError naming option, value and rule.
    """
    start, end = percents
    if not 0 <= start < end <= 1:
        raise ForecacheError(
            f"start_percent and end_percent must be 0 <= start < end <= 1, got {start} and {end}"
        )
    engine = compile_settings(policy, {**DEFAULTS, **given}, options)
    return NodeSettings(engine, source, start, end)
