"""Which guidance branch a call belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from forecache.errors import NoPlanError

DECLARED = ("joint", "cond", "uncond", *(f"branch-{number}" for number in range(1, 6)))
"""Names that a run declares when it opens: who will call is only known once they have."""

_OWN = {"cond": "cond", "uncond": "uncond", "cond_uncond": "joint", "joint": "joint"}

_CONDITIONING = (
    "encoder_hidden_states",
    "class_labels",
    "encoder_hidden_states_t5",
    "encoder_hidden_states_llama3",
    "pooled_projections",
    "pooled_embeds",
)


class BranchNames:
    """Names the branches of one run.

    By the name that the pipeline gave to `cache_context`. Without one, by the conditioning tensor:
    the same memory is the same branch. The run holds on to these tensors, so that no other can
    take their place in memory; one that is made anew in every call is recognised by its values.
    """

    def __init__(self) -> None:
        self._by_context: dict[str, str] = {}
        self._by_repeat: dict[tuple[str, int], str] = {}
        self._held: dict[str, Tensor | None] = {}

    def name(self, context: str | None, arguments: Mapping[str, Any]) -> str:
        """One of DECLARED. Raises NoPlanError when there are more branches than names."""
        if context is not None:
            if context not in self._by_context:
                self._by_context[context] = self._taken(_OWN.get(context))
            return self._by_context[context]
        conditioning = _conditioning(arguments)
        known = self._known(conditioning)
        name = known or self._taken("joint")
        self._held[name] = conditioning
        return name

    def repeated(self, branch: str, ordinal: int) -> str:
        """The branch of the second, third, ... call that looks like `branch` at one step."""
        key = (branch, ordinal)
        if key not in self._by_repeat:
            self._by_repeat[key] = self._taken(None)
        return self._by_repeat[key]

    def _taken(self, wanted: str | None) -> str:
        used = {*self._held, *self._by_context.values(), *self._by_repeat.values()}
        candidates = [wanted] if wanted is not None else []
        candidates += [name for name in DECLARED if name not in _OWN.values()]
        for name in candidates:
            if name not in used:
                return name
        raise NoPlanError(f"a run has at most {len(DECLARED)} branches")

    def _known(self, conditioning: Tensor | None) -> str | None:
        for name, held in self._held.items():
            if _is_same_memory(held, conditioning):
                return name
        for name, held in self._held.items():
            if held is not None and conditioning is not None and _is_equal(held, conditioning):
                return name
        return None


def _conditioning(arguments: Mapping[str, Any]) -> Tensor | None:
    for name in _CONDITIONING:
        value = arguments.get(name)
        if isinstance(value, Tensor):
            return value
    return None


def _is_same_memory(held: Tensor | None, given: Tensor | None) -> bool:
    if held is None or given is None:
        return held is given
    return held.data_ptr() == given.data_ptr() and held.shape == given.shape


def _is_equal(held: Tensor, given: Tensor) -> bool:
    facts = (held.shape, held.dtype, held.device) == (given.shape, given.dtype, given.device)
    return facts and torch.equal(held, given)
