"""One open run: its branches, its histories, its kept tensors. Called by one thread, one request at
a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from forecache_host.history import SiteHistories
from forecache_host.host_error import HostError, invalid_argument
from forecache_host.kept_tensors import KeptTensors
from forecache_host.memory import MemoryBudget
from forecache_host.network import Network
from forecache_host.planned_calls import PlannedCalls
from forecache_host.requests import (
    BeginRun,
    Combine,
    Forward,
    Handle,
    Measure,
    PlacedTensor,
    RunCall,
)
from forecache_host.run_branch import RunBranch, open_branches
from forecache_host.single_forward import SingleForward
from forecache_host.tensor_type import TensorType, assert_same_type
from forecache_host.ticket import Ticket
from forecache_host.token_cache import BranchKey, TokenCaches
from forecache_host.transfer import Transfer


@dataclass(frozen=True)
class HostContext:
    """What a run shares with the others of its host."""

    network: Network
    host_id: str
    run_limit_bytes: int


@dataclass(frozen=True)
class CallAnswer:
    """The answer to RunCall."""

    output: PlacedTensor
    forwarded: int
    forecast: int
    partial: int
    scalars: Mapping[str, float]


class Run:
    """A request that is refused leaves nothing open and changes nothing."""

    def __init__(self, context: HostContext, request: BeginRun) -> None:
        self._network = context.network
        self._request = request
        self._memory = MemoryBudget(context.run_limit_bytes)
        self._transfer = Transfer(request.shared_directory, context.network.device)
        self._kept = KeptTensors(context.host_id, self._memory)
        try:
            self._branches = open_branches(request, context.network, self._transfer)
            for branch in self._branches.values():
                branch.tokens = self._token_caches(branch)
        except BaseException:
            self._transfer.close()
            raise
        self._histories = {
            name: SiteHistories(request.setup, self._memory) for name in self._branches
        }
        self._planned = {
            name: PlannedCalls(context.network, request, branch, self._histories[name])
            for name, branch in self._branches.items()
        }

    @property
    def held_bytes(self) -> int:
        """Bytes of histories, cached tokens and kept tensors."""
        return self._memory.held_bytes

    def forward(self, request: Forward, ticket: Ticket) -> tuple[PlacedTensor, Handle | None]:
        """Computes one site; also keeps the output where the request asks for that."""
        ticket.check()
        branch = self._branch(request.branch)
        self._assert_call(request.call_index, "call_index")
        timestep = self._request.timesteps[request.call_index]
        forward = SingleForward(self._network, branch, request, timestep)
        given = None
        if request.input is not None:
            given = self._read(request.input, forward.input_type)
        self._transfer.assert_output(forward.output_type, request.output)
        self._planned[branch.name].interrupt()
        with forward.tokens_committed():
            output = forward.compute(given)
            ticket.check()
            placed = self._transfer.place(output, request.output)
            kept = self._kept.keep(output) if request.keep else None
        return placed, kept

    def combine(self, request: Combine, ticket: Ticket) -> PlacedTensor:
        """The weighted sum of kept tensors."""
        ticket.check()
        self._transfer.assert_output(self._kept.assert_combinable(request), request.output)
        placed = self._transfer.place(self._kept.combine(request), request.output)
        self._kept.release(request.release)
        return placed

    def measure(self, request: Measure, ticket: Ticket) -> dict[str, float]:
        """What the run's probes measure before a call."""
        ticket.check()
        branch = self._branch(request.branch)
        self._assert_call(request.call_index, "call_index")
        image = self._image(request.input, branch)
        return self._planned[branch.name].measure(request.call_index, image, ticket)

    def run_call(self, request: RunCall, ticket: Ticket) -> CallAnswer:
        """Computes one whole call by its plan."""
        ticket.check()
        branch, plan = self._branch(request.branch), request.plan
        planned = self._planned[branch.name]
        self._assert_call(plan.call_index, "plan.call_index")
        planned.assert_possible(plan)
        output_type = self._network.description.output.with_batch(branch.batch)
        self._transfer.assert_output(output_type, request.output)
        if request.input is None:
            image = planned.image_of(plan.call_index)
        else:
            image = self._image(request.input, branch)
        finished, placed = planned.run(
            plan, image, ticket, lambda output: self._transfer.place(output, request.output)
        )
        counts = finished.counts
        return CallAnswer(
            placed, counts.forwarded, counts.forecast, counts.partial, finished.scalars
        )

    def end(self) -> None:
        """Frees what the run held."""
        for histories in self._histories.values():
            histories.clear()
        for branch in self._branches.values():
            if branch.tokens is not None:
                branch.tokens.clear()
        self._planned.clear()
        self._branches.clear()
        self._kept.clear()
        self._transfer.close()

    def _branch(self, name: str) -> RunBranch:
        if name in self._branches:
            return self._branches[name]
        raise invalid_argument("branch", f"one of {', '.join(self._branches)}", name)

    def _assert_call(self, call_index: int, name: str) -> None:
        calls = len(self._request.timesteps)
        if call_index >= calls:
            raise invalid_argument(name, f"an integer in 0..{calls - 1}", call_index)

    def _image(self, tensor: PlacedTensor, branch: RunBranch) -> Tensor:
        return self._read(tensor, self._network.description.input.with_batch(branch.batch))

    def _read(self, tensor: PlacedTensor, tensor_type: TensorType) -> Tensor:
        assert_same_type("input", tensor_type, tensor.type)
        if not isinstance(tensor.place, Handle):
            return self._transfer.resolve(tensor, "input")
        kept = self._kept.read(tensor.place, "input.handle")
        if tuple(kept.shape) != tensor_type.shape:
            message = f"input.handle: handle {tensor.place.id} is not a tensor {tensor_type}"
            raise HostError("invalid-argument", message)
        return kept

    def _token_caches(self, branch: RunBranch) -> TokenCaches | None:
        cache = self._request.setup.token_cache
        if cache is None:
            return None
        key = BranchKey(self._request.run_id, branch.name, branch.batch)
        return TokenCaches(cache, self._network.description, key, self._memory)
