"""The chain of wrappers that ComfyUI puts around a function, and what it copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Wrapper = Callable[..., Any]
"""`wrapper(executor, *args)`; `executor(*args)` goes on to the next one."""


class WrappersMP:
    """Kinds of wrappers, outermost first."""

    OUTER_SAMPLE = "outer_sample"
    SAMPLER_SAMPLE = "sampler_sample"
    PREDICT_NOISE = "predict_noise"
    CALC_COND_BATCH = "calc_cond_batch"
    APPLY_MODEL = "apply_model"
    DIFFUSION_MODEL = "diffusion_model"


class WrapperExecutor:
    """A function inside its wrappers. `class_obj`: the object that the function belongs to."""

    def __init__(self, original: Wrapper, class_obj: Any, wrappers: Sequence[Wrapper]) -> None:
        self.original, self.class_obj = original, class_obj
        self._wrappers = tuple(wrappers)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What is inside the wrapper that holds this executor."""
        return self.execute(*args, **kwargs)

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """The first wrapper, or the function when there is none."""
        if not self._wrappers:
            return self.original(*args, **kwargs)
        outermost, *inner = self._wrappers
        following = WrapperExecutor(self.original, self.class_obj, inner)
        return outermost(following, *args, **kwargs)


def wrappers_in(transformer_options: Mapping[str, Any], kind: str) -> list[Wrapper]:
    """All wrappers of a kind, in the order in which their keys were registered."""
    by_key = transformer_options.get("wrappers", {}).get(kind, {})
    return [wrapper for wrappers in by_key.values() for wrapper in wrappers]


def copied(options: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested dicts and of the lists in them; everything else is the same object."""
    return {key: _copied_value(value) for key, value in options.items()}


def merged(options: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of both: dicts merge, lists of one key follow each other, other values replace."""
    result = copied(options)
    for key, value in copied(others).items():
        known = result.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            result[key] = merged(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            result[key] = known + value
        else:
            result[key] = value
    return result


def _copied_value(value: Any) -> Any:
    if isinstance(value, dict):
        return copied(value)
    return list(value) if isinstance(value, list) else value
