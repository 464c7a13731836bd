"""The denoiser around a network: APPLY_MODEL answers x0, whatever the network predicts."""

from __future__ import annotations

from typing import Any

import torch
from flow_sampling import FlowSampling
from torch import Tensor, nn
from wrapper_executor import WrapperExecutor, WrappersMP, wrappers_in


class BaseModel(nn.Module):
    """One network, shared by all clones of its patcher.

    has_memory: whether prompts of equal shape go through the network in one batch.
    current_patcher: whose run is on.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.diffusion_model = network
        self.model_sampling = FlowSampling(network.timestep_multiplier)
        self.has_memory = True
        self.current_patcher: Any = None

    def apply_model(
        self,
        x: Tensor,
        t: Tensor,
        c_concat: Tensor | None = None,
        c_crossattn: Tensor | None = None,
        control: Any = None,
        transformer_options: Any = None,
        **extra: Any,
    ) -> Tensor:
        """x0 of a batch. `t` is sigma, one a row."""
        executor = WrapperExecutor(
            self._apply_model, self, wrappers_in(transformer_options, WrappersMP.APPLY_MODEL)
        )
        x0: Tensor = executor.execute(
            x, t, c_concat, c_crossattn, control, transformer_options, **extra
        )
        return x0

    def _apply_model(
        self,
        x: Tensor,
        t: Tensor,
        c_concat: Tensor | None,
        c_crossattn: Tensor | None,
        control: Any,
        transformer_options: Any,
        **extra: Any,
    ) -> Tensor:
        given: Any = x if c_concat is None else torch.cat([x, c_concat], dim=1)
        if self.diffusion_model.takes_list:
            given = list(given.chunk(2, dim=1))
        self.diffusion_model.count.call()
        output = self.diffusion_model(
            given,
            self.model_sampling.timestep(t).float(),
            context=c_crossattn,
            control=control,
            transformer_options=transformer_options,
            **extra,
        )
        if isinstance(output, list):
            output = torch.cat(output, dim=1)
        return self.model_sampling.calculate_denoised(t, output.float(), x)
