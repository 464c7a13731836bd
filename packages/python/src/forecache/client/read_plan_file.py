"""What `forecache plan --json` prints, checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forecache.client.answers import LARGEST_FLOAT32, MAX_WEIGHTS
from forecache.errors import ForecacheError
from forecache.plan import FULL, Action, ActionKind, CallPlan, Granularity, RunPlan


@dataclass(frozen=True)
class PlanFile:
    """A plan with what belongs to it. `granularities`: those that the policy can decide at."""

    plan: RunPlan
    policy: str
    granularity: Granularity
    granularities: frozenset[Granularity]
    warnings: tuple[str, ...]

    @property
    def history_size(self) -> int:
        """Stored features a site needs: the longest weights, at least 1."""
        return max(1, *(len(call.action.effective_weights) for call in self.plan.calls))


def read_plan_file(file: Path) -> PlanFile:
    """Reads a plan file. Raises ForecacheError naming the file and the rule that it breaks."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ForecacheError(f"plan file {file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ForecacheError(f"plan file {file} must be JSON: {error}") from error
    try:
        return compile_plan(content)
    except BrokenRuleError as error:
        raise ForecacheError(f"plan file {file}: {error}") from error


class BrokenRuleError(Exception):
    """Name, rule and value of what is wrong inside a plan file."""

    def __init__(self, name: str, rule: str, value: object) -> None:
        super().__init__(f"{name} must be {rule}, got {json.dumps(value)}")


def compile_plan(content: object) -> PlanFile:
    """The plan that the file's JSON describes. Raises BrokenRuleError."""
    if not isinstance(content, dict):
        raise BrokenRuleError("content", "an object", content)
    if "decidesFrom" in content:
        rule = "one whose plan is known before the run"
        raise BrokenRuleError("policy", rule, content.get("policy"))
    steps, calls = content.get("steps"), content.get("calls")
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
        raise BrokenRuleError("steps", "an integer >= 1", steps)
    if not isinstance(calls, list) or not calls:
        raise BrokenRuleError("calls", "a list with an entry a call", calls)
    decided = tuple(compile_call(entry, index) for index, entry in enumerate(calls))
    granularity = compile_granularity(content.get("granularity"), "granularity")
    return PlanFile(
        plan=RunPlan(steps, decided),
        policy=str(content.get("policy", "")),
        granularity=granularity,
        granularities=frozenset({granularity, *compile_granularities(content)}),
        warnings=tuple(str(text) for text in content.get("warnings", ())),
    )


def compile_granularities(content: Mapping[str, object]) -> list[Granularity]:
    """The granularities that the file counts bytes for: those that the policy can decide at."""
    cache_bytes = content.get("cacheBytes")
    if not isinstance(cache_bytes, dict):
        return []
    return [compile_granularity(name, "cacheBytes") for name in cache_bytes]


def compile_granularity(value: object, name: str) -> Granularity:
    """A granularity by its word."""
    known = [granularity.value for granularity in Granularity]
    if value not in known:
        raise BrokenRuleError(name, f"one of {', '.join(known)}", value)
    return Granularity(value)


def compile_call(entry: object, index: int) -> CallPlan:
    """One entry of `calls`. A file says nothing of single sites: a call does the same at all."""
    name = f"calls[{index}]"
    if not isinstance(entry, dict) or entry.get("call") != index:
        raise BrokenRuleError(name, f"an object with call = {index}", entry)
    action, weights = entry.get("action"), entry.get("weights", [])
    kinds = [kind.value for kind in ActionKind if kind is not ActionKind.PARTIAL]
    if action not in kinds:
        raise BrokenRuleError(f"{name}.action", f"one of {', '.join(kinds)}", action)
    kind = ActionKind(action)
    if kind is ActionKind.FORECAST:
        return CallPlan(index, Action(kind, compile_weights(weights, f"{name}.weights")))
    allowed = [1] if kind is ActionKind.REUSE else []
    if weights != allowed:
        rule = f"{json.dumps(allowed)} when every site of the call does {kind.value}"
        raise BrokenRuleError(f"{name}.weights", rule, weights)
    return CallPlan(index, FULL if kind is ActionKind.FULL else Action(kind))


def compile_weights(weights: object, name: str) -> tuple[float, ...]:
    """Forecast weights, newest feature first."""
    if not isinstance(weights, list) or not 1 <= len(weights) <= MAX_WEIGHTS:
        raise BrokenRuleError(name, f"1 to {MAX_WEIGHTS} numbers", weights)
    for index, weight in enumerate(weights):
        is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not (is_number and abs(weight) <= LARGEST_FLOAT32):
            raise BrokenRuleError(f"{name}[{index}]", "finite in float32", weight)
    return tuple(float(weight) for weight in weights)
