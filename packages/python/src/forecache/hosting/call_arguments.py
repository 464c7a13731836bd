"""The arguments of a call by parameter name, however they were passed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn


def parameter_names(module: nn.Module) -> tuple[str, ...]:
    """Names of the parameters of a module's forward, in order, without `self`.

    Those of the class: offloading may have put a forward without names into the instance.
    """
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    _self, *parameters = inspect.signature(type(module).forward).parameters.values()
    return tuple(each.name for each in parameters if each.kind in kinds)


def by_name(names: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Positional and keyword arguments in one mapping. Defaults that were not passed are absent."""
    return {**dict(zip(names, args, strict=False)), **kwargs}


def signature_of(arguments: Mapping[str, Any]) -> tuple[object, ...]:
    """Shape, dtype and device of every tensor: what must stay the same from call to call."""
    return tuple(
        (name, tuple(value.shape), value.dtype, value.device)
        for name, value in sorted(arguments.items())
        if isinstance(value, Tensor)
    )
