"""The tensor codec: bytes and messages to tensors and back.

Bytes are little-endian, row-major, without padding. Every length is checked before anything is
allocated.
"""

from __future__ import annotations

import re

import torch
from torch import Tensor

from forecache_host.host_error import invalid_argument
from forecache_host.requests import Handle, PlacedTensor, Region
from forecache_host.stubs import tensor_pb2
from forecache_host.tensor_type import MAX_BYTES, TensorType, assert_tensor_type

MAX_HOST_ID_LENGTH = 128
"""Largest length of a model host's id, in characters."""

_REGION_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

_WORDS = {
    tensor_pb2.DTYPE_FLOAT32: "float32",
    tensor_pb2.DTYPE_FLOAT16: "float16",
    tensor_pb2.DTYPE_BFLOAT16: "bfloat16",
    tensor_pb2.DTYPE_INT32: "int32",
    tensor_pb2.DTYPE_INT64: "int64",
}
_CONSTANTS = {word: constant for constant, word in _WORDS.items()}


def decode_tensor(message: tensor_pb2.Tensor, name: str) -> PlacedTensor:
    """A tensor from the wire. Dtype, shape, place and byte count are checked, in this order."""
    tensor_type = _decode_type(message, name)
    place = message.WhichOneof("place")
    if place is None:
        raise invalid_argument(name, "in exactly one place (inline, region or handle)", 0)
    if place == "inline":
        _assert_byte_length(f"{name}.inline", tensor_type, len(message.inline))
        return PlacedTensor(tensor_type, message.inline)
    if place == "handle":
        return PlacedTensor(tensor_type, decode_handle(message.handle, f"{name}.handle"))
    region = decode_region(message.region, f"{name}.region")
    _assert_byte_length(f"{name}.region.byte_length", tensor_type, region.byte_length)
    return PlacedTensor(tensor_type, region)


def encode_tensor(tensor: PlacedTensor) -> tensor_pb2.Tensor:
    """The message of a tensor that is inline or in a region."""
    message = tensor_pb2.Tensor(dtype=_CONSTANTS[tensor.type.dtype], shape=tensor.type.shape)
    if isinstance(tensor.place, bytes):
        message.inline = tensor.place
    elif isinstance(tensor.place, Region):
        region = tensor.place
        message.region.MergeFrom(
            tensor_pb2.SharedRegion(
                name=region.name, offset=region.offset, byte_length=region.byte_length
            )
        )
    else:
        message.handle.MergeFrom(encode_handle(tensor.place))
    return message


def encode_dtype(word: str) -> tensor_pb2.Dtype.ValueType:
    """The constant of an element type."""
    return _CONSTANTS[word]


def decode_region(message: tensor_pb2.SharedRegion, name: str) -> Region:
    """A region from the wire. Whether it ends inside the file is known when the file is opened."""
    if not _REGION_NAME.fullmatch(message.name):
        rule = "a file name of 1 to 64 characters of [a-z0-9-]"
        raise invalid_argument(f"{name}.name", rule, message.name)
    end = message.offset + message.byte_length
    for field, value, least in (
        ("offset", message.offset, 0),
        ("byte_length", message.byte_length, 1),
        ("offset + byte_length", end, 1),
    ):
        if not least <= value <= MAX_BYTES:
            raise invalid_argument(f"{name}.{field}", f"an integer in {least}..2^53 - 1", value)
    return Region(message.name, message.offset, message.byte_length)


def decode_handle(message: tensor_pb2.HostHandle, name: str) -> Handle:
    """A handle from the wire."""
    length = len(message.host_id)
    if not 1 <= length <= MAX_HOST_ID_LENGTH:
        rule = f"1 to {MAX_HOST_ID_LENGTH} characters long"
        raise invalid_argument(f"{name}.host_id", rule, length)
    return Handle(message.host_id, message.id)


def encode_handle(handle: Handle) -> tensor_pb2.HostHandle:
    """The message of a handle."""
    return tensor_pb2.HostHandle(host_id=handle.host_id, id=handle.id)


def empty_bytes(byte_length: int) -> Tensor:
    """Fresh memory for a tensor's bytes, as uint8.

    PyTorch aligns it to 64 bytes. Matrix products may round differently at another alignment, so
    that inputs which are not copied to aligned memory would not be reproducible to the bit.
    """
    return torch.empty(byte_length, dtype=torch.uint8)


def from_bytes(data: bytes, tensor_type: TensorType) -> Tensor:
    """A fresh tensor with these bytes, whose number has been checked."""
    memory = empty_bytes(len(data))
    writable(memory)[:] = data
    return shaped(memory, tensor_type)


def shaped(memory: Tensor, tensor_type: TensorType) -> Tensor:
    """Bytes as a tensor of this type. Shares the memory."""
    return memory.view(tensor_type.torch_dtype).reshape(tensor_type.shape)


def writable(memory: Tensor) -> memoryview:
    """The bytes of `empty_bytes`, for writing."""
    return memoryview(memory.numpy().data)


def byte_view(tensor: Tensor) -> memoryview:
    """The bytes of a tensor, row-major; copied where the tensor is elsewhere or has gaps."""
    flat = tensor.detach().to("cpu").contiguous().reshape(-1)
    return memoryview(flat.view(torch.uint8).numpy().data)


def _decode_type(message: tensor_pb2.Tensor, name: str) -> TensorType:
    word = _WORDS.get(message.dtype)
    if word is None:
        names = ", ".join(tensor_pb2.Dtype.Name(constant) for constant in _WORDS)
        raise invalid_argument(f"{name}.dtype", f"one of {names}", message.dtype)
    tensor_type = TensorType(word, tuple(message.shape))
    assert_tensor_type(name, tensor_type)
    return tensor_type


def _assert_byte_length(name: str, tensor_type: TensorType, actual: int) -> None:
    expected = tensor_type.byte_length
    if actual != expected:
        raise invalid_argument(name, f"{expected} bytes as dtype and shape say", actual)
