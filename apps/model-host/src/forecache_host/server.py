"""The gRPC server: binds, serves until it is told to stop, and leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from forecache_host.addresses import Address, remove_stale_socket
from forecache_host.compute_thread import ComputeThread
from forecache_host.host_error import HostError
from forecache_host.network import Network
from forecache_host.service import ModelHostService
from forecache_host.stubs import model_host_pb2, model_host_pb2_grpc

CLOSE_GRACE_SECONDS = 5.0
"""How long calls in progress may go on when the server closes."""

_NAME = model_host_pb2.DESCRIPTOR.services_by_name["ModelHostService"].full_name

KEEPALIVE_MS = 60_000
"""Time after which a silent connection is pinged, so that vanished callers are noticed."""


@dataclass(frozen=True)
class ServerLimits:
    """Bytes of one message, bytes that one run may keep, runs open at one time."""

    max_message_bytes: int
    run_limit_bytes: int
    max_runs: int


class ModelHostServer:
    """A model host that others can reach. To be made and used on one event loop."""

    def __init__(self, network: Network, limits: ServerLimits, threads: int | None) -> None:
        self._compute = ComputeThread(threads)
        self._service = ModelHostService(
            network,
            self._compute,
            run_limit_bytes=limits.run_limit_bytes,
            max_runs=limits.max_runs,
        )
        self._server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", limits.max_message_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.keepalive_time_ms", KEEPALIVE_MS),
                ("grpc.so_reuseport", 0),
            ]
        )
        model_host_pb2_grpc.add_ModelHostServiceServicer_to_server(self._service, self._server)
        # grpc-stubs leaves `aio` out.
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            [_NAME, health.SERVICE_NAME, reflection.SERVICE_NAME], self._server
        )
        self._sockets: dict[Path, int] = {}

    async def listen(self, addresses: Sequence[Address]) -> list[str]:
        """Listens on every address and returns them with the real ports. Sockets get mode 0600."""
        before = os.umask(0o177)
        try:
            bound = [self._bind(address) for address in addresses]
            await self._server.start()
            for name in ("", _NAME):
                await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        finally:
            os.umask(before)
        return bound

    async def close(self) -> None:
        """Ends all runs, then the server."""
        await self._health.enter_graceful_shutdown()
        await self._service.close()
        await self._server.stop(CLOSE_GRACE_SECONDS)
        self._compute.close()
        for path, inode in self._sockets.items():
            # Somebody else may listen there by now.
            if path.exists() and path.stat().st_ino == inode:
                path.unlink()

    def _bind(self, address: Address) -> str:
        if address.path is not None:
            remove_stale_socket(address.path)
        try:
            port = self._server.add_insecure_port(address.text)
        except RuntimeError as error:
            raise HostError("unavailable", f"cannot listen on {address.text}") from error
        if address.path is None:
            return f"{address.host}:{port}"
        address.path.chmod(0o600)
        self._sockets[address.path] = address.path.stat().st_ino
        return address.text
