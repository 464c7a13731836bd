"""What a layout says of blocks whose branches are not modules: attention is written out in the
block's own forward.
"""

from __future__ import annotations

from typing import NoReturn

from torch import Tensor, nn

from forecache.hosting.layout import BlockArguments, Branch


def no_branches(_block: nn.Module) -> tuple[Branch, ...]:
    """No module of the block is a site."""
    return ()


def no_gates(_block: nn.Module, _modulation: Tensor) -> tuple[Tensor | None, ...]:
    """No branches, no gates."""
    return ()


def no_modulation(block: nn.Module, _arguments: BlockArguments) -> NoReturn:
    """Is not asked for: a network without branches has no module sites."""
    raise NotImplementedError(f"a {type(block).__name__} has no branches")
