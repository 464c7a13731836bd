"""A Python gRPC echo, the peer that the transport benchmark measures beside the sidecar.

`echo.py serve --listen ADDRESS` answers every message with the same bytes.
`echo.py measure --address ADDRESS` reads one JSON request a line, `{"bytes": N, "stream": false}`,
makes one round trip, and prints `{"us": microseconds}`: the time is taken here, so that the pipe to
the caller does not count.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import time
from collections.abc import Iterator
from concurrent import futures

import grpc

UNARY = "/forecache.bench.Echo/Unary"
STREAM = "/forecache.bench.Echo/Stream"
OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


def serve(listen: str) -> None:
    """Serves until standard input closes."""
    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(lambda message, _: message),
        "Stream": grpc.stream_stream_rpc_method_handler(lambda messages, _: messages),
    }
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=OPTIONS)
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("forecache.bench.Echo", handlers)]
    )
    server.add_insecure_port(listen)
    server.start()
    print(json.dumps({"ready": True, "grpcio": grpc.__version__}), flush=True)
    sys.stdin.read()
    server.stop(grace=None)


def measure(address: str) -> None:
    """Answers one timing a request until standard input closes."""
    with grpc.insecure_channel(address, options=OPTIONS) as channel:
        unary = channel.unary_unary(UNARY)
        outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        replies = channel.stream_stream(STREAM)(_drain(outgoing))
        payloads: dict[int, bytes] = {}
        for line in sys.stdin:
            request = json.loads(line)
            size = request["bytes"]
            payload = payloads.setdefault(size, bytes(size))
            started = time.perf_counter_ns()
            if request["stream"]:
                outgoing.put(payload)
                reply = next(replies)
            else:
                reply = unary(payload)
            elapsed = time.perf_counter_ns() - started
            if len(reply) != size:
                raise RuntimeError(f"echo must answer {size} bytes, got {len(reply)}")
            print(json.dumps({"us": elapsed / 1000}), flush=True)
        outgoing.put(None)


def _drain(outgoing: queue.SimpleQueue[bytes | None]) -> Iterator[bytes]:
    while (message := outgoing.get()) is not None:
        yield message


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    server = commands.add_parser("serve")
    server.add_argument("--listen", required=True)
    server.set_defaults(run=lambda args: serve(args.listen))
    client = commands.add_parser("measure")
    client.add_argument("--address", required=True)
    client.set_defaults(run=lambda args: measure(args.address))
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
