"""The options of `forecache-host`, complete and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from forecache_host.addresses import Address, assert_local, parse_address
from forecache_host.host_error import invalid_argument

MODEL_DTYPES = ("float32", "float16", "bfloat16")
"""Element types that a model can be loaded in."""

DEFAULT_RUN_BYTES = 2**30
"""What one run may keep: 1 GiB."""

DEFAULT_MESSAGE_BYTES = 2**26
"""One gRPC message: 64 MiB."""


@dataclass(frozen=True)
class HostOptions:
    """What a host is started with.

    model: a local directory with a Diffusers model, or None for the tiny random DiT. call_file:
    JSON with the shapes of a call, for models whose configuration does not say them; None: not
    given. device: `cpu`, `cuda` or `cuda:<number>`. dtype: the model's and its tensors'. threads:
    PyTorch's threads within one operation; None leaves its default. ready_file: gets one line of
    JSON when the host is ready; is_printed: so does standard output.
    """

    listen: tuple[Address, ...]
    model: Path | None
    call_file: Path | None
    device: torch.device
    dtype: torch.dtype
    threads: int | None
    max_runs: int
    max_run_bytes: int
    max_message_bytes: int
    ready_file: Path | None
    is_printed: bool


def integer(name: str, text: str) -> int:
    """A count of at least 1."""
    if text.isascii() and text.isdigit() and int(text) >= 1:
        return int(text)
    raise invalid_argument(name, "an integer >= 1", text)


def device(text: str) -> torch.device:
    """A device that this machine has."""
    kind, _, number = text.partition(":")
    if kind == "cpu" and not number:
        return torch.device("cpu")
    if kind != "cuda" or (number and not number.isdigit()):
        raise invalid_argument("--device", "cpu, cuda or cuda:<number>", text)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    index = int(number or "0")
    if index >= count:
        rule = f"cpu or one of the {count} CUDA devices of this machine"
        raise invalid_argument("--device", rule, text)
    return torch.device("cuda", index)


def dtype(text: str) -> torch.dtype:
    """A dtype that models can be loaded in."""
    if text not in MODEL_DTYPES:
        raise invalid_argument("--dtype", f"one of {', '.join(MODEL_DTYPES)}", text)
    chosen: torch.dtype = getattr(torch, text)
    return chosen


def addresses(texts: Sequence[str], *, may_leave_machine: bool) -> tuple[Address, ...]:
    """Where to listen. Addresses that other machines reach have to be allowed."""
    parsed = tuple(parse_address(text) for text in texts)
    if not may_leave_machine:
        for address in parsed:
            assert_local("--listen", address)
    return parsed


def flag(env: Mapping[str, str], name: str) -> bool:
    """An environment variable that is 0 or 1."""
    value = env.get(name, "0")
    if value not in ("0", "1"):
        raise invalid_argument(name, "0 or 1", value)
    return value == "1"
