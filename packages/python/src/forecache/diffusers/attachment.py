"""How an engine gets before a transformer's forward, and how it leaves no trace there again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

Entry = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
"""Called instead of a function, with that function and its arguments."""


def unwrapped(transformer: nn.Module) -> nn.Module:
    """The module behind `torch.compile(module)`; any other as it is."""
    inner = getattr(transformer, "_orig_mod", transformer)
    return inner if isinstance(inner, nn.Module) else transformer


def is_compiled(transformer: nn.Module) -> bool:
    """Whether the whole transformer is one compiled function: nothing can happen inside."""
    return unwrapped(transformer) is not transformer or _is_compiled_in_place(transformer)


class Attachment:
    """An instance's own `forward` in front of its class's, and its own `cache_context`, which
    names branches.

    Nothing is registered: no hook, no parameter, no module. `detach` takes both away. Others
    replace `forward` too: where somebody has wrapped ours, it stays and passes everything
    through; where ours was taken out, as offloading does between two calls of a pipeline,
    `ensure` puts it in again.
    """

    def __init__(self, transformer: nn.Module, entry: Entry) -> None:
        self._transformer = transformer
        self._entry = entry
        self._is_attached = True
        self._is_inside = False
        self.context: str | None = None
        self._name = "_compiled_call_impl" if _is_compiled_in_place(transformer) else "forward"
        self._undo = [_replace(transformer, self._name, self._forward)]
        self._top = transformer.__dict__[self._name]
        inner = unwrapped(transformer)
        if hasattr(inner, "cache_context"):
            self._undo.append(_replace(inner, "cache_context", self._cache_context))

    def ensure(self) -> None:
        """Comes first again, if anything came before or ours is gone."""
        if self._transformer.__dict__.get(self._name) is self._top:
            return
        self._undo[0] = _replace(self._transformer, self._name, self._forward)
        self._top = self._transformer.__dict__[self._name]

    def detach(self) -> None:
        """Gives the transformer back as it was."""
        self._is_attached = False
        for undo in self._undo:
            undo()

    def _forward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        # Ours decides with Python values and swaps modules: a compiler has nothing to find here.
        @functools.wraps(original)
        @torch.compiler.disable  # type: ignore[untyped-decorator] # PyTorch's own
        def forward(*args: Any, **kwargs: Any) -> Any:
            if not self._is_attached or self._is_inside:
                return original(*args, **kwargs)
            self._is_inside = True
            try:
                return self._entry(original, args, kwargs)
            finally:
                self._is_inside = False

        return forward

    def _cache_context(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def cache_context(name: str, **kwargs: Any) -> Iterator[None]:
            outer, self.context = self.context, name
            try:
                with original(name, **kwargs):
                    yield
            finally:
                self.context = outer

        return cache_context


def _replace(
    module: nn.Module, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Callable[[], None]:
    """Puts a wrapper into the instance's dictionary. Returns what takes it out again."""
    attributes = module.__dict__
    was_own = name in attributes
    original = getattr(module, name)
    wrapper = wrap(original)
    attributes[name] = wrapper

    def undo() -> None:
        if attributes.get(name) is not wrapper:
            return
        if was_own:
            attributes[name] = original
        else:
            del attributes[name]

    return undo


def _is_compiled_in_place(transformer: nn.Module) -> bool:
    return getattr(transformer, "_compiled_call_impl", None) is not None
