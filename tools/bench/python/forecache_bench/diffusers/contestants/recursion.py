"""The authors' recursion written out: differences of branch outputs, gates made in every call.

TaylorSeer (arXiv 2503.06923), equations 8 to 10: `d_0 = F`, `d_(i+1) = (d_i - previous d_i) / gap`
at a full call, and `sum_i d_i k^i / i!` at k calls after it. Every difference divides by the newest
gap.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from diffusers.models.transformers.dit_transformer_2d import DiTTransformer2DModel
from torch import Tensor, nn

from forecache_bench.diffusers.contestants.contestant import Contestant, Installed, Unavailable
from forecache_bench.diffusers.networks import Network
from forecache_bench.diffusers.sampling import SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule


@dataclass
class Differences:
    """The differences of one feature, lowest order first, and the call they were taken at."""

    order: int
    values: list[Tensor] = field(default_factory=list)
    call: int = 0

    def update(self, feature: Tensor, call: int) -> None:
        """Takes the feature of a full call."""
        values = [feature]
        for previous in self.values[: self.order]:
            values.append((values[-1] - previous) / (call - self.call))
        self.values, self.call = values, call

    def forecast(self, call: int) -> Tensor:
        """The feature of a later call."""
        k = call - self.call
        total = self.values[0]
        for i, difference in enumerate(self.values[1:], start=1):
            total = total + difference * (k**i / math.factorial(i))
        return total


@dataclass
class _RecursionOnDiT:
    """Blocks of DiT that add forecasts in forecast calls; the rest of the model runs as it is."""

    transformer: Any
    schedule: Schedule
    order: int
    call: int = -1
    differences: dict[str, Differences] = field(default_factory=dict)
    removals: list[Callable[[], None]] = field(default_factory=list)

    def begin_run(self) -> None:
        self.call = -1
        self.differences.clear()

    def end_run(self) -> None:
        self.differences.clear()

    def assert_at_work(self) -> None:
        """Runs show by their numbers what it does."""

    def remove(self) -> None:
        for remove in self.removals:
            remove()

    def hook(self) -> None:
        """Hooks the model and its blocks."""
        counter = self.transformer.register_forward_pre_hook(self._next_call)
        self.removals.append(counter.remove)
        for index, block in enumerate(self.transformer.transformer_blocks):
            for branch in ("attn1", "ff"):
                name = f"{index}.{branch}"
                keeper = block.get_submodule(branch).register_forward_hook(self._keep(name))
                self.removals.append(keeper.remove)
            block.forward = self._block_forward(index, block, block.forward)
            self.removals.append(functools.partial(delattr, block, "forward"))

    def _next_call(self, _module: nn.Module, _inputs: object) -> None:
        self.call += 1

    def _keep(self, name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def keep(_module: nn.Module, _inputs: object, feature: Tensor) -> None:
            self.differences.setdefault(name, Differences(self.order)).update(feature, self.call)

        return keep

    def _block_forward(
        self, index: int, block: Any, compute: Callable[..., Tensor]
    ) -> Callable[..., Tensor]:
        def forward(hidden_states: Tensor, **arguments: Any) -> Tensor:
            if self.schedule.is_full(self.call):
                return compute(hidden_states, **arguments)
            attention_gate, mlp_gate = _gates(block, arguments)
            for gate, branch in ((attention_gate, "attn1"), (mlp_gate, "ff")):
                feature = self.differences[f"{index}.{branch}"].forecast(self.call)
                hidden_states = hidden_states + gate.unsqueeze(1) * feature
            return hidden_states

        return forward


def _gates(block: Any, arguments: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """Gates of attention and MLP, `[rows, width]` each, from the block's own modulation."""
    norm = block.norm1
    conditioning = norm.emb(
        arguments["timestep"], arguments["class_labels"], hidden_dtype=norm.linear.weight.dtype
    )
    parts = norm.linear(norm.silu(conditioning)).chunk(6, dim=1)
    return parts[2], parts[5]


def _install(order: int) -> Callable[[SamplingPipeline, Network, Schedule], Installed]:
    def install(pipeline: SamplingPipeline, _network: Network, schedule: Schedule) -> Installed:
        if not isinstance(pipeline.transformer, DiTTransformer2DModel):
            raise Unavailable("the authors' recursion is written out for DiT only")
        recursion = _RecursionOnDiT(pipeline.transformer, schedule, order)
        recursion.hook()
        return recursion

    return install


def recursion_contestants(orders: Sequence[int]) -> list[Contestant]:
    """One row an order."""
    return [
        Contestant(
            f"authors' recursion, order {order}", "the authors", "module", order, _install(order)
        )
        for order in orders
    ]
