"""What users type, as the text that the sidecar reads.

The sidecar knows every option with its rule and the spellings of Diffusers, cache-dit, TaylorSeer
and others, and refuses what it does not know: none of that is repeated here. Here is what needs
more than another name: Python values as text, options that depend on the length of a run or belong
to the tensors, and peers' options that cannot mean anything here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from numbers import Integral, Real

from forecache.errors import ForecacheError
from forecache.plan import PolicySpec

MASKS = frozenset({"step_mask", "steps_computation_mask"})
"""Options whose list is written as digits, `1101`; other lists are separated by commas."""

MEANINGLESS: Mapping[str, str] = {
    "cache_identifiers": "sites are chosen by granularity",
    "skip_predict_identifiers": "sites are chosen by granularity",
    "use_lite_mode": "the last block's output alone is granularity='hidden'",
    "num_inference_steps": "it is the pipeline's, and known when a run begins",
    "calibrate": "fit the ratios with `forecache fit magcache`",
    "enable_separate_cfg": "guidance branches are told apart by themselves",
    "enable_taylorseer": "the forecast is chosen by policy",
    "enable_encoder_taylorseer": "a call that is forecast needs no text stream",
    "taylorseer_cache_type": "sites are chosen by granularity",
    "max_cached_steps": "the number of skipped calls follows from the policy",
    "mode": "the method is chosen by policy",
}
"""Peers' options without use here, and what to do instead. None and False are let pass."""

TAIL_SPELLINGS = ("tail", "disable_cache_after_step", "last_enhance")
DTYPE_SPELLINGS = ("cache_dtype", "taylor_factors_dtype")


@dataclass(frozen=True)
class PolicyOptions:
    """A policy with its options as text, and what else the user said.

    full_from_step: sampler step from which on every call is full (Diffusers'
        `disable_cache_after_step`).
    full_from_call: the same counted in calls (the authors' `last_enhance`).
    cache_dtype: type of the stored features (`cache_dtype`, Diffusers' `taylor_factors_dtype`) as
        given, or None.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    full_from_step: int | None = None
    full_from_call: int | None = None
    cache_dtype: object | None = None

    def policy_for(self, steps: int, calls: int) -> PolicySpec:
        """The policy of a run of so many sampler steps and calls (a Heun step makes two)."""
        first = self.full_from_call
        if self.full_from_step is not None:
            calls_per_step = -(-calls // steps)
            first = self.full_from_step * calls_per_step
        if first is None:
            return PolicySpec(self.name, self.options)
        # Full from a call on that the run does not make: nothing is added.
        return PolicySpec(self.name, {**self.options, "tail": str(max(calls - first, 0))})


def compile_options(policy: str, options: Mapping[str, object]) -> PolicyOptions:
    """Reads a policy's options: names of forecache or of its peers, values as Python has them.

    None means not given. True and False are `on` and `off`; lists are written as the sidecar reads
    them. Raises ForecacheError for what cannot mean anything here, for a value that has no text,
    and for two spellings of one option; rules of values are the sidecar's, when a run opens.
    """
    if policy == "fewer-steps":
        raise ForecacheError(
            "policy must be one that a pipeline's own steps leave room for, got fewer-steps: "
            "give the pipeline fewer num_inference_steps"
        )
    given = {name: value for name, value in options.items() if value is not None}
    for name, instead in MEANINGLESS.items():
        if given.pop(name, False) is not False:
            raise ForecacheError(f"{name} means nothing to forecache: {instead}")
    _assert_one_spelling(given, TAIL_SPELLINGS)
    _assert_one_spelling(given, DTYPE_SPELLINGS)
    dtypes = [given.pop(name) for name in DTYPE_SPELLINGS if name in given]
    return PolicyOptions(
        name=policy,
        full_from_step=_take_count(given, "disable_cache_after_step"),
        full_from_call=_take_count(given, "last_enhance"),
        cache_dtype=dtypes[0] if dtypes else None,
        options={name: text_of(name, value) for name, value in given.items()},
    )


def text_of(name: str, value: object) -> str:
    """A value as the sidecar reads it. Raises ForecacheError for a value that has no text."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        separator = "" if name in MASKS else ","
        return separator.join(_text_of_one(name, item) for item in value)
    return _text_of_one(name, value)


def _text_of_one(name: str, value: object) -> str:
    if isinstance(value, Enum):
        return _text_of_one(name, value.value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return repr(float(value))
    rule = "a text, a number, True, False or a list of numbers"
    raise ForecacheError(f"{name} must be {rule}, got {value!r}")


def _take_count(given: dict[str, object], name: str) -> int | None:
    value = given.pop(name, None)
    if value is None:
        return None
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 0:
        raise ForecacheError(f"{name} must be an integer >= 0, got {value}")
    return int(value)


def _assert_one_spelling(given: Mapping[str, object], spellings: tuple[str, ...]) -> None:
    found = [name for name in spellings if name in given]
    if len(found) > 1:
        raise ForecacheError(f"{' and '.join(found)} are the same option: give one of them")
