"""What tools ask any gRPC service: is it there, and what can it do."""

from __future__ import annotations

from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from forecache_host.dit_network import DitNetwork
from forecache_host.tiny_dit import tiny_dit
from served import served

SERVICE = "forecache.v1.ModelHostService"


def test_a_host_says_that_it_serves_and_what(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    with (
        served(DitNetwork(tiny_dit(), "tiny-dit"), path),
        grpc.insecure_channel(f"unix:{path}") as channel,
    ):
        stub = health_pb2_grpc.HealthStub(channel)
        for name in ("", SERVICE):
            answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        assert SERVICE in ProtoReflectionDescriptorDatabase(channel).get_services()
