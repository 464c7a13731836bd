"""Errors of this host as gRPC statuses."""

from __future__ import annotations

import logging
import re

import grpc
import torch

from forecache.errors import ForecacheError
from forecache_host.host_error import ErrorCode, HostError

MAX_MESSAGE_LENGTH = 1024
"""Longest error message on the wire, in characters: a status travels in an HTTP/2 header block."""

_STATUS: dict[ErrorCode, grpc.StatusCode] = {
    "invalid-argument": grpc.StatusCode.INVALID_ARGUMENT,
    "failed-precondition": grpc.StatusCode.FAILED_PRECONDITION,
    "not-found": grpc.StatusCode.NOT_FOUND,
    "already-exists": grpc.StatusCode.ALREADY_EXISTS,
    "resource-exhausted": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "cancelled": grpc.StatusCode.CANCELLED,
    "unavailable": grpc.StatusCode.UNAVAILABLE,
    "unimplemented": grpc.StatusCode.UNIMPLEMENTED,
    "internal": grpc.StatusCode.INTERNAL,
}

_log = logging.getLogger("forecache_host")
_SURROGATE = re.compile("[\ud800-\udfff]")


def status_of(error: Exception) -> tuple[grpc.StatusCode, str]:
    """What a request that raised this is answered with. An unexpected error tells nothing of its
    inside.
    """
    if isinstance(error, HostError):
        return _STATUS[error.code], _shorten(error.message)
    if isinstance(error, ForecacheError):
        return grpc.StatusCode.INVALID_ARGUMENT, _shorten(str(error))
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        _log.error("the device is out of memory", exc_info=error)
        return grpc.StatusCode.RESOURCE_EXHAUSTED, "the device is out of memory"
    _log.error("internal error", exc_info=error)
    return grpc.StatusCode.INTERNAL, "internal error"


def code_number(status: grpc.StatusCode) -> int:
    """The number of a status, as `CallError.code` has it."""
    number: int = status.value[0]
    return number


def _shorten(message: str) -> str:
    cut = message
    if len(message) > MAX_MESSAGE_LENGTH:
        cut = f"{message[: MAX_MESSAGE_LENGTH - 1]}…"
    return _SURROGATE.sub("\ufffd", cut)
