"""Other caches on the same model: two of them would skip each other's measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_WRAPPER_KEYS = {"easycache": "EasyCache", "lazycache": "LazyCache"}
"""Keys under which ComfyUI's own caches register their wrappers."""

_OPTION_KEYS = {
    "easycache": "EasyCache or LazyCache",
    "enable_teacache": "TeaCache",
    "rel_l1_thresh": "TeaCache",
    "teacache_model_type": "TeaCache",
}
"""What caches put into `transformer_options`."""

_MODEL_ATTRIBUTES = {"cache_dic": "TaylorSeer", "teacache_state": "TeaCache"}
"""What caches leave on the network. They stay there when the node is gone, so that they only count
together with a function of theirs.
"""

_NAMES = ("teacache", "taylorseer", "wavespeed", "first_block_cache", "fbcache", "magcache")
"""Parts of the module names of nodes that take the single slot of the function wrapper."""

COMPILER_KEY = "torch.compile"
"""Key under which ComfyUI registers the wrapper that compiles the model."""


def foreign_cache(model_options: Mapping[str, Any], network: object) -> str | None:
    """The name of another cache that is attached to this model, None when there is none."""
    options = model_options.get("transformer_options", {})
    for kinds in options.get("wrappers", {}).values():
        for key, name in _WRAPPER_KEYS.items():
            if kinds.get(key):
                return name
    for key, name in _OPTION_KEYS.items():
        if key in options:
            return name
    wrapper = model_options.get("model_function_wrapper")
    if wrapper is None:
        return None
    named = _known_name(wrapper)
    left = (name for key, name in _MODEL_ATTRIBUTES.items() if hasattr(network, key))
    return named or next(left, None)


def is_compiled(model_options: Mapping[str, Any]) -> bool:
    """Whether ComfyUI compiles the network as a whole for this run."""
    wrappers = model_options.get("transformer_options", {}).get("wrappers", {})
    return any(_is_compiler(keys) for keys in wrappers.values())


def _is_compiler(keys: Iterable[object]) -> bool:
    return any(str(key) == COMPILER_KEY for key in keys)


def _known_name(function: object) -> str | None:
    """Whose node a function comes from, by the name of its module."""
    kind = type(function)
    module = getattr(function, "__module__", None) or kind.__module__
    text = f"{module}.{getattr(function, '__qualname__', kind.__qualname__)}".lower()
    plain = text.replace("-", "").replace("_", "")
    return next((name for name in _NAMES if name.replace("_", "") in plain), None)
