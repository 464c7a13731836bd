"""The one error that a host answers with: a code and a message that names value and rule."""

from __future__ import annotations

import json
import math
from typing import Literal

ErrorCode = Literal[
    "invalid-argument",
    "failed-precondition",
    "not-found",
    "already-exists",
    "resource-exhausted",
    "cancelled",
    "unavailable",
    "unimplemented",
    "internal",
]
"""`invalid-argument` is wrong in any state of the host, `failed-precondition` in this one."""


class HostError(Exception):
    """A request that cannot be answered. `code` becomes the gRPC status."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid_argument(name: str, rule: str, value: object) -> HostError:
    """`interval must be an integer >= 1, got 0`."""
    return HostError("invalid-argument", f"{name} must be {rule}, got {print_value(value)}")


def print_value(value: object) -> str:
    """A value as every forecache message prints it, whatever the language of the program."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(print_value(each) for each in value)}]"
    if isinstance(value, float):
        return _print_float(value)
    return "null" if value is None else str(value)


def _print_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
