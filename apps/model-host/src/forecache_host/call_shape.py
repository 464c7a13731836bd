"""What a call of a transformer is given, read from a JSON file: no configuration says all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from forecache.errors import ForecacheError
from forecache_host.network import CallInput
from forecache_host.tensor_type import TORCH_DTYPES, TensorType, assert_tensor_type, type_of

_KEYS = frozenset({"input", "timestep_dtype", "tensors", "per_sample", "arguments"})
_TENSOR_KEYS = frozenset({"name", "shape", "dtype", "shared"})


@dataclass(frozen=True)
class GivenTensor:
    """A tensor of a call by the name of the transformer's parameter, shape per sample.

    `shared`: the transformer takes one for the whole batch, without a batch dimension (FLUX's
    `img_ids`); the first sample's is used.
    """

    name: str
    type: TensorType
    shared: bool = False


@dataclass(frozen=True)
class CallShape:
    """The arguments of a call. `input` is what the sampler moves, `tensors` the conditioning.

    `per_sample`: numbers that become tensors `[batch]` (FLUX's `guidance`), other values that
    become lists with one entry a sample (Qwen-Image's `img_shapes`). `arguments`: passed as they
    are. `timestep_dtype`: of the tensor `[batch]` that the timestep becomes. A name with dots is an
    entry of nested mappings: `added_cond_kwargs.resolution`.
    """

    input: GivenTensor
    tensors: tuple[GivenTensor, ...] = ()
    timestep_dtype: torch.dtype = torch.float32
    per_sample: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def call_arguments(self, call: CallInput, timestep: str) -> dict[str, Any]:
        """The keyword arguments of a call; `timestep` is the name of that parameter."""
        batch, device = call.image.shape[0], call.image.device

        def row(value: float, dtype: torch.dtype) -> Tensor:
            return torch.full((batch,), value, dtype=dtype, device=device)

        given = {each.name: call.conditioning[each.name] for each in self.tensors}
        shared = {each.name: given[each.name][0] for each in self.tensors if each.shared}
        dtype = call.image.dtype
        repeated = {
            name: row(value, dtype) if isinstance(value, int | float) else [value] * batch
            for name, value in self.per_sample.items()
        }
        named = {
            **self.arguments,
            **repeated,
            **given,
            **shared,
            self.input.name: call.image,
            timestep: row(call.timestep, self.timestep_dtype),
        }
        return _nested(named)

    def example(self, device: torch.device) -> CallInput:
        """A call of one sample, all ones: what a network's description is read from."""

        def ones(tensor_type: TensorType) -> Tensor:
            shape = tensor_type.with_batch(1).shape
            return torch.ones(shape, dtype=tensor_type.torch_dtype, device=device)

        conditioning = {each.name: ones(each.type) for each in self.tensors}
        return CallInput(ones(self.input.type), 1.0, conditioning)


def read_call_shape(path: Path, model_dtype: torch.dtype) -> CallShape:
    """Reads and checks the file. Raises ForecacheError naming file, field and rule."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ForecacheError(f"--call {path} must be a file of JSON: {error}") from error
    if not isinstance(document, dict) or not document.keys() <= _KEYS or "input" not in document:
        rule = f"an object with input and, where needed, {', '.join(sorted(_KEYS - {'input'}))}"
        raise ForecacheError(f"--call {path} must be {rule}")
    word = type_of(torch.empty((), dtype=model_dtype)).dtype
    tensors = [
        _tensor(each, f"tensors[{index}]", word)
        for index, each in enumerate(document.get("tensors", []))
    ]
    return CallShape(
        input=_tensor({"name": "hidden_states", **document["input"]}, "input", word),
        tensors=tuple(tensors),
        timestep_dtype=TORCH_DTYPES[
            _word(document.get("timestep_dtype", "float32"), "timestep_dtype")
        ],
        per_sample=document.get("per_sample", {}),
        arguments=document.get("arguments", {}),
    )


def _nested(named: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, value in named.items():
        *path, last = name.split(".")
        place = arguments
        for key in path:
            place = place.setdefault(key, {})
        place[last] = value
    return arguments


def _tensor(entry: object, name: str, model_word: str) -> GivenTensor:
    if not isinstance(entry, dict) or not {"name", "shape"} <= entry.keys() <= _TENSOR_KEYS:
        raise ForecacheError(f"{name} must be an object with name and shape, dtype and shared")
    shape = entry["shape"]
    if not isinstance(shape, list) or not all(isinstance(each, int) for each in shape):
        raise ForecacheError(f"{name}.shape must be a list of integers, got {shape}")
    tensor_type = TensorType(_word(entry.get("dtype", model_word), f"{name}.dtype"), tuple(shape))
    assert_tensor_type(name, tensor_type)
    return GivenTensor(str(entry["name"]), tensor_type, bool(entry.get("shared", False)))


def _word(word: object, name: str) -> str:
    if word in TORCH_DTYPES:
        return str(word)
    raise ForecacheError(f"{name} must be one of {', '.join(TORCH_DTYPES)}, got {word}")
