"""The image tokens in what a module of a block returns: the `select` of a `Branch`."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from forecache.hosting.layout import BlockArguments


def whole(output: Any, _arguments: BlockArguments) -> Tensor:
    """All of a bare tensor: the module runs on image tokens only."""
    tensor: Tensor = output
    return tensor


def first(output: Any, _arguments: BlockArguments) -> Tensor:
    """The first of several outputs: joint attention returns image tokens, then text tokens."""
    tensor: Tensor = output[0]
    return tensor


def after_text(output: Any, arguments: BlockArguments) -> Tensor:
    """What follows the text tokens: the module runs on both in one, text first."""
    tensor: Tensor = output[:, arguments["encoder_hidden_states"].shape[1] :]
    return tensor


def before_text(output: Any, arguments: BlockArguments) -> Tensor:
    """What precedes the text tokens: the module runs on both in one, image first."""
    tensor: Tensor = output[:, : arguments["hidden_states"].shape[1]]
    return tensor
