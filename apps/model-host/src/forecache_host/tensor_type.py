"""Dtype and shape of a tensor on the wire, as `tensor.proto` rules them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from forecache_host.host_error import HostError, invalid_argument

MAX_DIMENSIONS = 8
"""Largest number of dimensions of a tensor on the wire."""

MAX_DIMENSION = 2**31
"""Largest size of one dimension."""

MAX_BYTES = 2**53 - 1
"""Largest number of bytes that every language of the contract counts exactly."""

TORCH_DTYPES: dict[str, torch.dtype] = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "int32": torch.int32,
    "int64": torch.int64,
}
"""Every element type by its word in messages."""

_WORDS = {dtype: word for word, dtype in TORCH_DTYPES.items()}


@dataclass(frozen=True)
class TensorType:
    """Dtype (a word of `TORCH_DTYPES`) and dimensions, outermost first."""

    dtype: str
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"

    @property
    def torch_dtype(self) -> torch.dtype:
        return TORCH_DTYPES[self.dtype]

    @property
    def byte_length(self) -> int:
        """Bytes without padding. Python's integers do not overflow."""
        return math.prod(self.shape) * self.torch_dtype.itemsize

    def with_batch(self, batch: int) -> TensorType:
        """The type of a batch of samples of this type."""
        return TensorType(self.dtype, (batch, *self.shape))


def type_of(tensor: torch.Tensor) -> TensorType:
    """The type of a tensor in this process."""
    return TensorType(_WORDS[tensor.dtype], tuple(tensor.shape))


def assert_tensor_type(name: str, tensor_type: TensorType) -> None:
    """Raises unless dtype and shape obey the contract. Allocates nothing."""
    shape = tensor_type.shape
    if len(shape) > MAX_DIMENSIONS:
        raise invalid_argument(f"{name}.shape", f"at most {MAX_DIMENSIONS} dimensions", len(shape))
    for index, dimension in enumerate(shape):
        if not 1 <= dimension <= MAX_DIMENSION:
            rule = f"an integer in 1..{MAX_DIMENSION}"
            raise invalid_argument(f"{name}.shape[{index}]", rule, dimension)
    if tensor_type.byte_length > MAX_BYTES:
        raise invalid_argument(f"{name}.shape", "at most 2^53 - 1 bytes in all", list(shape))


def assert_same_type(name: str, expected: TensorType, actual: TensorType) -> None:
    """Raises unless dtype and shape are the expected ones."""
    if expected != actual:
        raise HostError("invalid-argument", f'{name} must be a tensor {expected}, got "{actual}"')
