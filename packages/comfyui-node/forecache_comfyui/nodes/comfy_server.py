"""What of ComfyUI's server is there: the nodes also run where there is none."""

from __future__ import annotations

from typing import Any


def prompt_server() -> Any | None:
    """The running server, None without one."""
    try:
        from server import PromptServer  # noqa: PLC0415 # only inside ComfyUI
    except ImportError:
        return None
    return getattr(PromptServer, "instance", None)


def send_text(text: str, node_id: str) -> None:
    """Shows a text on a node; nothing without a server."""
    server = prompt_server()
    if server is not None:
        server.send_progress_text(text, node_id)


def current_prompt() -> str | None:
    """The id of the prompt that is executed in this thread, None outside of one."""
    try:
        from comfy_execution.utils import (  # noqa: PLC0415 # only inside ComfyUI
            get_executing_context,
        )
    except ImportError:
        return None
    context = get_executing_context()
    return None if context is None else str(context.prompt_id)
