"""Puts forecache onto a ComfyUI model."""

from __future__ import annotations

from typing import Any

from forecache_comfyui.hook import KEY, Hook
from forecache_comfyui.run_log import NoWatcher, Watcher
from forecache_comfyui.settings import NodeSettings


def attach(
    patcher: Any,
    settings: NodeSettings,
    watcher: Watcher | None = None,
    node_id: str | None = None,
) -> Any:
    """A clone of a `ModelPatcher` whose runs are forecast. One that is attached already is attached
    anew: the last node counts.
    """
    hook = Hook(settings, watcher or NoWatcher(), node_id)
    clone = detach(patcher)
    for kind, wrapper in hook.wrappers().items():
        clone.add_wrapper_with_key(kind, KEY, wrapper)
    return clone


def detach(patcher: Any) -> Any:
    """A clone of a `ModelPatcher` without forecache."""
    clone = patcher.clone()
    for kind in list(clone.wrappers):
        clone.remove_wrappers_with_key(kind, KEY)
    return clone
