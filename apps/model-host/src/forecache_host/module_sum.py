"""The forecast of all modules of a call in one sum at the head."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from forecache.hosting.layout import ModelLayout
from forecache.hosting.structure import BlockCall
from forecache.plan import Action
from forecache_host.resolved_plan import SkippedSite


class ModuleSum:
    """head input = P + sum_s gate_s * (sum_j w_j F_js), with the gates of this very call."""

    def __init__(self, layout: ModelLayout, forecast: Callable[[str, Action], Tensor]) -> None:
        self._layout = layout
        self._forecast = forecast
        self._gates: list[Tensor | None] = []

    def pass_block(self, call: BlockCall) -> None:
        """A block that is not computed: only its gates are."""
        block = call.place.block
        assert self._layout.block_modulation is not None
        modulation = self._layout.block_modulation(block, call.arguments)
        self._gates += self._layout.gates(block, modulation)

    def added_to(self, base: Tensor, skipped: tuple[SkippedSite, ...]) -> Tensor:
        """The head's input, summed in float32, in the dtype of `base`, `[batch, tokens, width]`."""
        total = base.float()
        for skip, gate in zip(skipped, self._gates, strict=True):
            feature = self._forecast(skip.site, skip.action).float()
            if gate is None:
                total = total + feature
            else:
                total = torch.addcmul(total, gate.float().unsqueeze(1), feature)
        return total.to(base.dtype)
