"""Tells when one pipeline object is called, without touching others of its class."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

Around = Callable[[], AbstractContextManager[None]]


def watch_calls(pipeline: Any, around: Around) -> Callable[[], None]:
    """Runs every call of this object inside `around()`. Returns what ends it.

    The object gets a class of its own, derived from its class and named like it, so that
    `isinstance`, `save_pretrained` and everything that reads the class's name answer as before.
    """
    own = type(pipeline)

    @functools.wraps(own.__call__)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        with around():
            return own.__call__(self, *args, **kwargs)

    names = {name: getattr(own, name) for name in ("__module__", "__qualname__", "__doc__")}
    watched = type(own.__name__, (own,), {**names, "__call__": call})
    pipeline.__class__ = watched

    def stop() -> None:
        if type(pipeline) is watched:
            pipeline.__class__ = own

    return stop
