"""The sidecar's solver: schedules and weights from inner products. No tensor goes there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import grpc

from forecache._generated.forecache.v1 import calibration_pb2
from forecache._generated.forecache.v1.calibration_pb2_grpc import CalibrationServiceStub
from forecache.client.answers import MAX_WEIGHTS, decode_plan
from forecache.client.asking import NoAnswerError, ask, malformed
from forecache.client.connection import MAX_MESSAGE_BYTES, TlsFiles, assert_address
from forecache.client.malformed import MalformedAnswerError
from forecache.client.wire import usable_positions
from forecache.errors import ForecacheError, NoPlanError
from forecache.plan import ActionKind, Granularity, RunPlan, RunSetup

TIMEOUT_S = 600.0
"""Longest wait for an answer: a fit over many runs that chooses its history takes a while."""

Rows = Sequence[Sequence[float]]
Triangle = Sequence[float]
"""The upper triangle of a Gram matrix, row by row, diagonal included."""


@dataclass(frozen=True)
class FoundSchedule:
    """Calls to compute in full, and how far forecasts of the others move the final sample."""

    full_calls: tuple[int, ...]
    predicted_drift: float


@dataclass(frozen=True)
class FitQuestion:
    """What weights are fitted to.

    walks: of each run, over the outputs of its calls and those of the walk's full calls.
    response: `[calls + 1][calls]`. positions: one a call, left out unless strictly monotone.
    history, ridge: None is chosen by the sidecar, by leaving runs out.
    """

    walks: Sequence[Triangle]
    response: Rows
    full_calls: Sequence[int]
    positions: Sequence[float] = ()
    history: int | None = None
    ridge: float | None = None


@dataclass(frozen=True)
class FittedWeights:
    """Weights of one schedule.

    weights: of every call that is not full, in order, newest feature first. Errors are relative to
    how far the outputs move the sample; held_out_error is None with a single run.
    """

    weights: tuple[tuple[float, ...], ...]
    history: int
    ridge: float
    predicted_error: float
    held_out_error: float | None
    growth: tuple[float, ...] = ()
    """By how much an error before each call grows on the walks; empty where there were none."""


class CalibrationClient:
    """Asks the sidecar at `address`, `unix:/path` or `host:port`."""

    def __init__(self, address: str, tls: TlsFiles | None = None) -> None:
        assert_address(address)
        options = (
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.enable_http_proxy", 0),
        )
        if tls is None:
            self._channel = grpc.insecure_channel(address, options=options)
        else:
            self._channel = grpc.secure_channel(address, tls.credentials(), options=options)
        self._service = CalibrationServiceStub(self._channel)

    def find_schedules(
        self,
        runs: Sequence[Triangle],
        response: Rows,
        full_calls: int,
        growth: Sequence[float] = (),
    ) -> tuple[FoundSchedule, ...]:
        """The best schedule for 1, 2, ... `full_calls` full calls.

        growth: of a walk, as `FittedWeights.growth`; default: errors neither grow nor shrink.
        Raises ForecacheError for what the sidecar refuses, NoPlanError where nobody answers.
        """
        message = calibration_pb2.FindSchedulesRequest(
            runs=[encode_gram(triangle) for triangle in runs],
            response=encode_response(response),
            full_calls=full_calls,
            growth=growth,
        )
        try:
            answer = ask(self._service.FindSchedules, message, TIMEOUT_S)
            return decode_schedules(answer, full_calls, len(response) - 1)
        except NoAnswerError as error:
            raise _raised(error) from error
        except MalformedAnswerError as error:
            raise _raised(malformed(error)) from error

    def fit_weights(self, question: FitQuestion) -> FittedWeights:
        """The best weights for one schedule. Raises as `find_schedules`."""
        calls = len(question.response) - 1
        message = calibration_pb2.FitWeightsRequest(
            walks=[encode_gram(triangle) for triangle in question.walks],
            response=encode_response(question.response),
            full_calls=question.full_calls,
            positions=usable_positions(question.positions, calls),
            history=question.history or 0,
            ridge=question.ridge,
        )
        try:
            answer = ask(self._service.FitWeights, message, TIMEOUT_S)
            return decode_weights(answer, question.full_calls, calls)
        except NoAnswerError as error:
            raise _raised(error) from error
        except MalformedAnswerError as error:
            raise _raised(malformed(error)) from error

    def close(self) -> None:
        """Closes the channel."""
        self._channel.close()


def encode_gram(triangle: Triangle) -> calibration_pb2.TrajectoryGram:
    """A Gram matrix. n (n + 1) / 2 numbers say what n is."""
    size = math.isqrt(2 * len(triangle))
    if size * (size + 1) // 2 != len(triangle):
        raise ForecacheError(f"a triangle must have n (n + 1) / 2 numbers, got {len(triangle)}")
    return calibration_pb2.TrajectoryGram(size=size, products=triangle)


def encode_response(rows: Rows) -> calibration_pb2.SamplerResponse:
    """How the sampler carries outputs on to the sample."""
    flat = [value for row in rows for value in row]
    return calibration_pb2.SamplerResponse(calls=len(rows) - 1, coefficients=flat)


def decode_schedules(
    message: calibration_pb2.FindSchedulesResponse, full_calls: int, calls: int
) -> tuple[FoundSchedule, ...]:
    """One schedule for every number of full calls."""
    if len(message.schedules) != full_calls:
        raise MalformedAnswerError("schedules", f"{full_calls} of them", len(message.schedules))
    found = tuple(
        FoundSchedule(tuple(each.full_calls), each.predicted_drift) for each in message.schedules
    )
    for index, each in enumerate(found):
        known = each.full_calls
        is_sound = list(known) == sorted(set(known)) and known[:1] == (0,) and known[-1] < calls
        if len(known) != index + 1 or not is_sound:
            rule = f"{index + 1} rising call indices below {calls}, the first 0"
            raise MalformedAnswerError(f"schedules[{index}].full_calls", rule, list(known))
    return found


def decode_weights(
    message: calibration_pb2.FitWeightsResponse, full_calls: Sequence[int], calls: int
) -> FittedWeights:
    """The weights of the calls that are not full."""
    setup = RunSetup(Granularity.OUTPUT, history_size=MAX_WEIGHTS)
    plan = decode_plan(message.plan, calls, setup)
    _assert_schedule(plan, full_calls)
    held_out = message.held_out_error
    return FittedWeights(
        weights=tuple(
            call.action.effective_weights
            for call in plan.calls
            if call.action.kind is not ActionKind.FULL
        ),
        history=message.history,
        ridge=message.ridge,
        predicted_error=message.predicted_error,
        held_out_error=held_out if math.isfinite(held_out) else None,
        growth=_decode_growth(message.growth, calls),
    )


def _decode_growth(growth: Sequence[float], calls: int) -> tuple[float, ...]:
    if growth and (len(growth) != calls + 1 or not all(map(math.isfinite, growth))):
        raise MalformedAnswerError("growth", f"empty or {calls + 1} finite numbers", list(growth))
    return tuple(growth)


def _assert_schedule(plan: RunPlan, full_calls: Sequence[int]) -> None:
    made = [call.call_index for call in plan.calls if call.action.kind is ActionKind.FULL]
    if made != list(full_calls):
        raise MalformedAnswerError("plan", f"of the full calls {list(full_calls)}", made)
    for call in plan.calls:
        known = sum(full < call.call_index for full in full_calls)
        if len(call.action.effective_weights) > known:
            name, count = f"plan.calls[{call.call_index}]", len(call.action.effective_weights)
            raise MalformedAnswerError(name, f"of at most {known} weights", count)


def _raised(error: NoAnswerError) -> ForecacheError | NoPlanError:
    if error.details is not None:
        return ForecacheError(error.details)
    return NoPlanError(error.reason)


__all__ = [
    "CalibrationClient",
    "FitQuestion",
    "FittedWeights",
    "FoundSchedule",
]
