"""One question to the sidecar, and what it means when there is no answer."""

from __future__ import annotations

from typing import TypeVar

import grpc

from forecache.client.malformed import MalformedAnswerError

Request = TypeVar("Request")
Response = TypeVar("Response")

_HEALTHY = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    }
)
"""What a sidecar answers that is well: the next run may ask it at once."""


class NoAnswerError(Exception):
    """There is no answer to use.

    is_down: nobody may be there. details: the sidecar's own words, for the user to read.
    """

    def __init__(self, reason: str, *, is_down: bool, details: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_down = is_down
        self.details = details


def ask(
    method: grpc.UnaryUnaryMultiCallable[Request, Response], message: Request, timeout_s: float
) -> Response:
    """The answer, within `timeout_s` seconds. Raises NoAnswerError; an interrupt passes through."""
    try:
        return method(message, timeout=timeout_s)
    except grpc.RpcError as error:
        raise no_answer(error, timeout_s) from error
    except ValueError as error:  # gRPC's way to say that the channel was closed
        raise NoAnswerError(f"the source is closed: {error}", is_down=False) from error


def no_answer(error: grpc.RpcError, timeout_s: float) -> NoAnswerError:
    """What a failed question means. `details` is set for INVALID_ARGUMENT alone."""
    if not isinstance(error, grpc.Call):
        return NoAnswerError(f"sidecar unreachable: {error}", is_down=True)
    code, details = error.code(), error.details() or ""
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        reason = f"sidecar unreachable: deadline of {round(timeout_s * 1000)} ms passed"
        return NoAnswerError(reason, is_down=True)
    if code is grpc.StatusCode.UNAVAILABLE:
        return NoAnswerError(f"sidecar unreachable: {details}", is_down=True)
    if code is grpc.StatusCode.NOT_FOUND:
        reason = f"the sidecar does not know the run, it may have been restarted: {details}"
        return NoAnswerError(reason, is_down=False)
    reason = f"the sidecar answered {code.name}: {details}"
    named = details if code is grpc.StatusCode.INVALID_ARGUMENT else None
    return NoAnswerError(reason, is_down=code not in _HEALTHY, details=named)


def malformed(error: MalformedAnswerError) -> NoAnswerError:
    """What an answer that breaks the contract means."""
    return NoAnswerError(f"malformed answer of the sidecar: {error}", is_down=True)
