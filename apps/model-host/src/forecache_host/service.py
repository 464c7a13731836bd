"""`ModelHostService` over one network."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from typing import Any, TypeVar

import grpc

from forecache_host import requests
from forecache_host.compute_thread import ComputeThread
from forecache_host.host_error import HostError
from forecache_host.messages import (
    decode_begin_run,
    decode_combine,
    decode_forward,
    decode_measure,
    decode_run_call,
    decode_run_id,
    encode_description,
)
from forecache_host.network import Network
from forecache_host.run import HostContext, Run
from forecache_host.runs import RunTable
from forecache_host.status import code_number, status_of
from forecache_host.stubs import model_host_pb2 as messages
from forecache_host.stubs import model_host_pb2_grpc
from forecache_host.ticket import SHUTTING_DOWN, Ticket
from forecache_host.wire import encode_handle, encode_tensor

Answer = TypeVar("Answer")
Context = grpc.aio.ServicerContext[Any, Any]

END_OF_STREAM: object = grpc.aio.EOF  # type: ignore[attr-defined] # the stubs lack it


class ModelHostService(model_host_pb2_grpc.ModelHostServiceServicer):
    """Messages in and out; the work is done by `Run` on the compute thread."""

    def __init__(
        self, network: Network, compute: ComputeThread, *, run_limit_bytes: int, max_runs: int
    ) -> None:
        self._compute = compute
        self._context = HostContext(network, str(uuid.uuid4()), run_limit_bytes)
        self._runs = RunTable(self._end_run, max_runs=max_runs)
        self._closing = asyncio.Event()

    async def close(self) -> None:
        """Ends every run and every open stream of forwards, which a server that closes would wait
        for.
        """
        self._closing.set()
        self._compute.interrupt()
        await self._runs.end_all()

    async def Describe(
        self, request: messages.DescribeRequest, context: Context
    ) -> messages.DescribeResponse:
        return encode_description(self._context.host_id, self._context.network.description)

    async def BeginRun(
        self, request: messages.BeginRunRequest, context: Context
    ) -> messages.BeginRunResponse:
        return await _answered(context, self._begin_run(request))

    # The generated base class knows iterators only; grpc.aio also takes read and write.
    async def Forward(  # type: ignore[override]
        self, request_iterator: object, context: Context
    ) -> None:
        """Answers one request after the other; meanwhile no other is read."""
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            while True:
                reading = asyncio.ensure_future(context.read())
                await asyncio.wait({reading, closing}, return_when=asyncio.FIRST_COMPLETED)
                if closing.done():
                    reading.cancel()
                    await context.abort(*status_of(SHUTTING_DOWN))
                message = await reading
                if message is END_OF_STREAM:
                    return
                await context.write(await self._forward(message))
        finally:
            closing.cancel()

    async def Combine(
        self, request: messages.CombineRequest, context: Context
    ) -> messages.CombineResponse:
        async def work() -> messages.CombineResponse:
            combine = decode_combine(request)
            output = await self._use(combine.run_id, lambda run, t: run.combine(combine, t))
            return messages.CombineResponse(output=encode_tensor(output))

        return await _answered(context, work())

    async def Measure(
        self, request: messages.MeasureRequest, context: Context
    ) -> messages.MeasureResponse:
        async def work() -> messages.MeasureResponse:
            measure = decode_measure(request)
            scalars = await self._use(measure.run_id, lambda run, t: run.measure(measure, t))
            return messages.MeasureResponse(scalars=scalars)

        return await _answered(context, work())

    async def RunCall(
        self, request: messages.RunCallRequest, context: Context
    ) -> messages.RunCallResponse:
        async def work() -> messages.RunCallResponse:
            call = decode_run_call(request)
            answer = await self._use(call.run_id, lambda run, t: run.run_call(call, t))
            return messages.RunCallResponse(
                output=encode_tensor(answer.output),
                forwarded=answer.forwarded,
                forecast=answer.forecast,
                partial=answer.partial,
                scalars=dict(answer.scalars),
            )

        return await _answered(context, work())

    async def EndRun(
        self, request: messages.EndRunRequest, context: Context
    ) -> messages.EndRunResponse:
        async def work() -> messages.EndRunResponse:
            await self._runs.end(decode_run_id(request.run_id))
            return messages.EndRunResponse()

        return await _answered(context, work())

    async def _begin_run(self, request: messages.BeginRunRequest) -> messages.BeginRunResponse:
        begin = decode_begin_run(request)
        if self._closing.is_set():
            raise SHUTTING_DOWN

        async def open_run() -> Run:
            return await self._compute.run(lambda ticket: self._opened(begin, ticket))

        await self._runs.open(begin.run_id, open_run)
        return messages.BeginRunResponse()

    def _opened(self, begin: requests.BeginRun, ticket: Ticket) -> Run:
        run = Run(self._context, begin)
        try:
            ticket.check()
        except HostError:
            run.end()
            raise
        return run

    async def _forward(self, request: messages.ForwardRequest) -> messages.ForwardResponse:
        try:
            forward = decode_forward(request)
            output, kept = await self._use(forward.run_id, lambda run, t: run.forward(forward, t))
        except Exception as error:  # answered with its status; the stream goes on
            status, message = status_of(error)
            failed = messages.CallError(code=code_number(status), message=message)
            return messages.ForwardResponse(error=failed)
        handle = None if kept is None else encode_handle(kept)
        return messages.ForwardResponse(output=encode_tensor(output), kept=handle)

    async def _use(self, run_id: str, work: Any) -> Any:
        return await self._runs.use(
            run_id, lambda run: self._compute.run(lambda ticket: work(run, ticket))
        )

    async def _end_run(self, run: Run) -> None:
        await self._compute.run(lambda _: run.end())


async def _answered(context: Context, work: Awaitable[Answer]) -> Answer:
    """The answer of a unary call, or its error as a status."""
    try:
        return await work
    except Exception as error:  # every error becomes a status here
        status, message = status_of(error)
    await context.abort(status, message)
    raise AssertionError("abort raises")
