"""What a row of blocks adds to a stream, without what is added between them."""

from __future__ import annotations

import torch
from torch import Tensor


class ResidualSum:
    """`sum_b (output of b - input of b)` in float32.

    While a block's input is the very tensor that the block before returned, the differences
    telescope and only the ends are read. Where something came between, such as a ControlNet's
    residual, a new segment begins: it is not part of what the blocks add.
    """

    def __init__(self) -> None:
        self._sum: Tensor | None = None
        self._start: Tensor | None = None
        self._end: Tensor | None = None
        self._returned: Tensor | None = None
        self.dtype: torch.dtype = torch.float32

    def enter(self, stream: Tensor, part: Tensor) -> None:
        """A block's input: the whole stream, and the part of it that is summed."""
        if self._returned is stream:
            return
        self._close()
        self._start = part

    def leave(self, stream: Tensor, part: Tensor) -> None:
        """The same of its output."""
        self._returned = stream
        self._end = part
        self.dtype = part.dtype

    def total(self) -> Tensor:
        """The sum. The blocks must have been at least one."""
        self._close()
        assert self._sum is not None
        return self._sum

    def _close(self) -> None:
        if self._start is None or self._end is None:
            return
        segment = self._end.float() - self._start.float()
        self._sum = segment if self._sum is None else self._sum.add_(segment)
        self._start = self._end = self._returned = None
