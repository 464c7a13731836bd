"""A model host in the process of the tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc

from forecache._generated.forecache.v1.model_host_pb2_grpc import ModelHostServiceStub
from forecache_host.addresses import parse_address
from forecache_host.network import Network
from forecache_host.server import ModelHostServer, ServerLimits

LIMITS = ServerLimits(max_message_bytes=2**20, run_limit_bytes=2**20, max_runs=4)

WAIT_SECONDS = 30


@contextmanager
def served(
    network: Network, path: Path, limits: ServerLimits = LIMITS
) -> Iterator[ModelHostServiceStub]:
    """A stub of a server that has an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> ModelHostServer:
        server = ModelHostServer(network, limits, 1)
        await server.listen([parse_address(f"unix:{path}")])
        return server

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(WAIT_SECONDS)
    channel = grpc.insecure_channel(f"unix:{path}")
    try:
        yield ModelHostServiceStub(channel)
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(WAIT_SECONDS)
        channel.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
