"""A small builder of ONNX graphs: one call a node, weights as initializers, reproducible bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 18
IR_VERSION = 9
"""Old enough for every onnxruntime since 1.16."""

BATCH = "B"
CHOSEN = "K"
DTYPES = {
    "float32": TensorProto.FLOAT,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
}


@dataclass(frozen=True)
class TensorSpec:
    """An input or output of a graph. shape: `"B"` stands for the batch, `"K"` for chosen tokens."""

    name: str
    shape: tuple[str | int, ...]
    dtype: str = "float32"

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "dtype": self.dtype, "shape": list(self.shape)}


@dataclass(frozen=True)
class OnnxSegment:
    """A serialised graph with its signature, which the manifest repeats."""

    content: bytes
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


class GraphBuilder:
    """Collects nodes and initializers; values are passed around by name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        """Adds a node and returns the name of its output."""
        name = output or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: np.ndarray) -> str:
        name = f"constant_{len(self._initializers)}"
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, value: Tensor) -> str:
        return self.constant(value.detach().cpu().numpy().astype(np.float32))

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def integers(self, *values: int) -> str:
        """A shape, or a list of axes."""
        return self.constant(np.array(values, dtype=np.int64))

    def reshape(self, value: str, shape: tuple[int, ...], output: str | None = None) -> str:
        return self.op("Reshape", value, self.integers(*shape), output=output)

    def unsqueeze(self, value: str, axis: int) -> str:
        return self.op("Unsqueeze", value, self.integers(axis))

    def gemm(self, value: str, linear: nn.Linear, output: str | None = None) -> str:
        """`linear` on a matrix, with its bias, in one node."""
        weight, bias = self.weight(linear.weight.T), self.weight(linear.bias)
        return self.op("Gemm", value, weight, bias, output=output)

    def matmul(self, value: str, linear: nn.Linear, output: str | None = None) -> str:
        """`linear` on a stack of matrices."""
        product = self.op("MatMul", value, self.weight(linear.weight.T))
        return self.op("Add", product, self.weight(linear.bias), output=output)

    def silu(self, value: str) -> str:
        return self.op("Mul", value, self.op("Sigmoid", value))

    def finish(
        self, name: str, inputs: tuple[TensorSpec, ...], outputs: tuple[TensorSpec, ...]
    ) -> OnnxSegment:
        graph = helper.make_graph(
            self._nodes,
            name,
            [_value_info(spec) for spec in inputs],
            [_value_info(spec) for spec in outputs],
            self._initializers,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="forecache-demo-model",
        )
        onnx.checker.check_model(model, full_check=True)
        return OnnxSegment(model.SerializeToString(deterministic=True), inputs, outputs)


def _value_info(spec: TensorSpec) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(spec.name, DTYPES[spec.dtype], list(spec.shape))
