"""What `enable` can be called with."""

from __future__ import annotations

from typing import Any

from torch import nn

from forecache.diffusers.attachment import unwrapped
from forecache.diffusers.handle import HANDLE, Handle
from forecache.errors import ForecacheError


def transformers_of(target: Any) -> dict[str, nn.Module]:
    """The transformers of a pipeline by component, or the one that is given as `transformer`."""
    if isinstance(target, nn.Module):
        return {"transformer": target}
    names = [name for name in getattr(target, "components", {}) if name.startswith("transformer")]
    found = {name: getattr(target, name, None) for name in names}
    modules = {name: module for name, module in found.items() if isinstance(module, nn.Module)}
    if not modules:
        rule = "a pipeline with a transformer, or a transformer"
        raise ForecacheError(f"target must be {rule}, got a {type(target).__name__}")
    return modules


def assert_free(target: Any, name: str, transformer: nn.Module) -> None:
    """Raises ForecacheError where forecache or another cache is enabled already."""
    if handle_of(target) is not None or HANDLE in transformer.__dict__:
        raise ForecacheError(f"{name} is enabled already: call forecache.disable first")
    if has_other_cache(unwrapped(transformer)) or getattr(target, "_is_cached", False) is True:
        raise ForecacheError(f"{name} has another cache enabled: disable it first")


def has_other_cache(transformer: nn.Module) -> bool:
    """Whether a cache of Diffusers or cache-dit is enabled on the transformer."""
    is_diffusers = getattr(transformer, "is_cache_enabled", False) is True
    return is_diffusers or getattr(transformer, "_is_cached", False) is True


def handle_of(target: Any) -> Handle | None:
    """What `enable` gave back for this target; None when it is not enabled."""
    if isinstance(target, nn.Module):
        found = target.__dict__.get(HANDLE)
    else:
        found = vars(type(target)).get(HANDLE)
    return found if isinstance(found, Handle) else None
