"""One call of the network as ComfyUI's wrappers see it: which arguments, which rows, whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor


class StreamKey(NamedTuple):
    """Whose history a chunk of rows belongs to.

    prompt: ComfyUI's uuid of the prompt, new in every run. window: frames of a context window,
    None without. shape: of the chunk, batch included. repeat: how often the evaluation had the
    same before: guidance by perturbed attention asks for a prompt twice.
    """

    prompt: object
    window: tuple[int, ...] | None
    shape: tuple[int, ...]
    dtype: torch.dtype
    device: torch.device
    repeat: int = 0


@dataclass(frozen=True)
class NetworkCall:
    """A call of the network.

    execute: computes it. given: what goes into it, `[chunks * batch, ...]`; the same shape as what
        comes out but for channels. keys: one a chunk, in the order of the rows.
    arguments: of the network's forward by name.
    """

    execute: Callable[[], Any]
    given: Tensor
    keys: tuple[StreamKey, ...]
    arguments: Mapping[str, Any]


def find_options(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
    """ComfyUI's `transformer_options` among the arguments of a call.

    Models pass them at different places, so they are known by what is in them.
    """
    for value in (*reversed(args), kwargs.get("transformer_options")):
        if isinstance(value, dict) and "cond_or_uncond" in value and "sigmas" in value:
            return value
    return None


def stream_keys(given: Any, options: Mapping[str, Any] | None) -> tuple[StreamKey, ...] | str:
    """The streams of a call; a reason where its rows cannot be told apart."""
    if options is None:
        return "no transformer_options are passed to the model"
    if not isinstance(given, Tensor):
        return f"the model is given {type(given).__name__} instead of one tensor"
    prompts = options.get("uuids")
    if not prompts:
        return "this ComfyUI does not say which prompt a row belongs to"
    if given.shape[0] % len(prompts) != 0:
        return f"{given.shape[0]} rows cannot be shared by {len(prompts)} prompts"
    shape = (given.shape[0] // len(prompts), *given.shape[1:])
    window = _window(options.get("context_window"))
    return tuple(StreamKey(prompt, window, shape, given.dtype, given.device) for prompt in prompts)


def _window(window: Any) -> tuple[int, ...] | None:
    """The frames of a context window object."""
    if window is None:
        return None
    frames = getattr(window, "index_list", None)
    return (id(window),) if frames is None else tuple(int(frame) for frame in frames)
