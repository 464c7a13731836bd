"""A sidecar that answers whatever a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc

from forecache._generated.forecache.v1 import cache_pb2, plan_pb2
from forecache._generated.forecache.v1.cache_pb2_grpc import (
    CacheServiceServicer,
    add_CacheServiceServicer_to_server,
)


class FakeSidecar(CacheServiceServicer):
    """Answers an adaptive run with FULL, unless a test replaces an answer. Notes what is asked."""

    def __init__(self) -> None:
        self.opened = cache_pb2.OpenRunResponse(
            run_id="run-1",
            policy="fake()",
            setup=plan_pb2.RunSetup(granularity=plan_pb2.GRANULARITY_HIDDEN, history_size=2),
        )
        self.decide: Callable[[int], plan_pb2.CallPlan] = lambda index: plan_pb2.CallPlan(
            call_index=index
        )
        self.before_answer: dict[str, Callable[[], object]] = {}
        self.asked: list[str] = []
        self.is_closed = threading.Event()

    def _note(self, method: str) -> None:
        self.asked.append(method)
        self.before_answer.get(method, lambda: None)()

    def OpenRun(self, request, context):
        self._note("OpenRun")
        return self.opened

    def GetStatistics(self, request, context):
        return cache_pb2.GetStatisticsResponse()

    def Decide(self, request, context):
        self._note("Decide")
        return cache_pb2.DecideResponse(plan=self.decide(request.call_index))

    def Report(self, request, context):
        self._note("Report")
        return cache_pb2.ReportResponse()

    def CloseRun(self, request, context):
        self._note("CloseRun")
        self.is_closed.set()
        return cache_pb2.CloseRunResponse()


@contextmanager
def served(
    fake: FakeSidecar, address: str, credentials: grpc.ServerCredentials | None = None
) -> Iterator[int]:
    """Serves the fake, on TCP at a free port, which is the value."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    add_CacheServiceServicer_to_server(fake, server)
    if credentials is None:
        port = server.add_insecure_port(address)
    else:
        port = server.add_secure_port(address, credentials)
    server.start()
    try:
        yield port
    finally:
        server.stop(0).wait()


def socket_at(folder: Path) -> str:
    """An address in a folder."""
    return f"unix:{folder / 's.sock'}"
