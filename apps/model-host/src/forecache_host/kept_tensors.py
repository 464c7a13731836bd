"""The tensors that a run keeps by handle."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from forecache_host.history import weighted_sum
from forecache_host.host_error import HostError, invalid_argument
from forecache_host.memory import MemoryBudget
from forecache_host.plan_messages import assert_weights
from forecache_host.requests import Combine, Handle
from forecache_host.tensor_type import TensorType, assert_same_type, type_of


class KeptTensors:
    """Ids count up from 1 and are never reused within the run."""

    def __init__(self, host_id: str, memory: MemoryBudget) -> None:
        self._host_id = host_id
        self._memory = memory
        self._kept: dict[int, Tensor] = {}
        self._last_id = 0

    def keep(self, tensor: Tensor) -> Handle:
        """Keeps a tensor that nobody writes to."""
        self._memory.take(tensor.nbytes)
        self._last_id += 1
        self._kept[self._last_id] = tensor
        return Handle(self._host_id, self._last_id)

    def read(self, handle: Handle, name: str) -> Tensor:
        """The tensor of a handle, for reading."""
        if handle.host_id != self._host_id:
            raise invalid_argument(
                f"{name}.host_id", f"this host's id {self._host_id}", handle.host_id
            )
        if handle.id not in self._kept:
            raise HostError("not-found", f"{name}: handle {handle.id} is not kept by this run")
        return self._kept[handle.id]

    def assert_combinable(self, request: Combine) -> TensorType:
        """Raises unless the request can be answered; returns the type of the answer. Changes
        nothing.
        """
        assert_weights("weights", request.weights)
        if len(request.handles) != len(request.weights):
            rule = f"as many as weights ({len(request.weights)})"
            raise invalid_argument("handles", rule, len(request.handles))
        self._all(request.release, "release")
        tensors = self._all(request.handles, "handles")
        first = type_of(tensors[0])
        for index, tensor in enumerate(tensors):
            assert_same_type(f"handles[{index}]", first, type_of(tensor))
        return first

    def combine(self, request: Combine) -> Tensor:
        """The weighted sum, in float32, in the type of the handles."""
        return weighted_sum(request.weights, self._all(request.handles, "handles"))

    def release(self, handles: Sequence[Handle]) -> None:
        """Frees tensors; one that is named twice is freed once."""
        for handle in handles:
            tensor = self._kept.pop(handle.id, None)
            if tensor is not None:
                self._memory.give(tensor.nbytes)

    def clear(self) -> None:
        """Frees all."""
        self.release([Handle(self._host_id, id_) for id_ in list(self._kept)])

    def _all(self, handles: Sequence[Handle], name: str) -> list[Tensor]:
        return [self.read(handle, f"{name}[{index}]") for index, handle in enumerate(handles)]
