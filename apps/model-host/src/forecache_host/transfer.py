"""Moves tensors between their place (inline or region) and the device of the network."""

from __future__ import annotations

import torch
from torch import Tensor

from forecache_host.host_error import invalid_argument
from forecache_host.requests import Handle, PlacedTensor, Region
from forecache_host.shared_files import SharedFiles
from forecache_host.tensor_type import TensorType, type_of
from forecache_host.wire import byte_view, empty_bytes, from_bytes, shaped, writable


class Transfer:
    """One per run. Handles are not its business: `KeptTensors` opens them."""

    def __init__(self, shared_directory: str, device: torch.device) -> None:
        self._files = SharedFiles(shared_directory)
        self._device = device

    def resolve(self, tensor: PlacedTensor, name: str) -> Tensor:
        """A fresh tensor on the device."""
        if isinstance(tensor.place, Handle):
            raise invalid_argument(name, "inline or in a region", "handle")
        if isinstance(tensor.place, bytes):
            return from_bytes(tensor.place, tensor.type).to(self._device)
        self._files.assert_region(tensor.place)
        memory = empty_bytes(tensor.place.byte_length)
        self._files.read_into(tensor.place, writable(memory))
        return shaped(memory, tensor.type).to(self._device)

    def assert_output(self, tensor_type: TensorType, output: Region | None) -> None:
        """Raises unless a result of this type fits `output`. To be called before computing it."""
        if output is None:
            return
        if output.byte_length != tensor_type.byte_length:
            raise invalid_argument(
                "output.byte_length", str(tensor_type.byte_length), output.byte_length
            )
        self._files.assert_region(output)

    def place(self, tensor: Tensor, output: Region | None) -> PlacedTensor:
        """Puts a result where the caller wants it."""
        tensor_type = type_of(tensor)
        if output is None:
            return PlacedTensor(tensor_type, bytes(byte_view(tensor)))
        self.assert_output(tensor_type, output)
        self._files.write(output, byte_view(tensor))
        return PlacedTensor(tensor_type, output)

    def close(self) -> None:
        """Closes the shared files."""
        self._files.close()
