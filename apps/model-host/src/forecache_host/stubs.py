"""The generated messages and services, in one place."""

from __future__ import annotations

from forecache._generated.forecache.v1 import (
    model_host_pb2,
    model_host_pb2_grpc,
    plan_pb2,
    tensor_pb2,
)

__all__ = ["model_host_pb2", "model_host_pb2_grpc", "plan_pb2", "tensor_pb2"]
