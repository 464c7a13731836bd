"""The requests of `model_host.proto` in this program's words: messages stop at `messages.py`."""

from __future__ import annotations

from dataclasses import dataclass

from forecache.plan import CallPlan, RunSetup, TokenSelection
from forecache_host.tensor_type import TensorType


@dataclass(frozen=True)
class Region:
    """A byte range of a shared file."""

    name: str
    offset: int
    byte_length: int


@dataclass(frozen=True)
class Handle:
    """A tensor that a run of this host keeps."""

    host_id: str
    id: int


@dataclass(frozen=True)
class PlacedTensor:
    """A tensor and the one place where its bytes are: in the message, in a shared file, or on this
    host.
    """

    type: TensorType
    place: bytes | Region | Handle


@dataclass(frozen=True)
class BranchRequest:
    """One guidance stream: its batch and its conditioning tensors by name, in the order given."""

    branch: str
    batch: int
    tensors: tuple[tuple[str, PlacedTensor], ...]


@dataclass(frozen=True)
class BeginRun:
    """Opens a run. `shared_directory` is empty when regions are not used."""

    run_id: str
    branches: tuple[BranchRequest, ...]
    timesteps: tuple[float, ...]
    shared_directory: str
    setup: RunSetup


@dataclass(frozen=True)
class Forward:
    """Computes one site. `output` None: inline. `selection` None: all tokens."""

    run_id: str
    branch: str
    call_index: int
    site: str
    input: PlacedTensor | None
    output: Region | None
    keep: bool
    selection: TokenSelection | None


@dataclass(frozen=True)
class Combine:
    """A weighted sum of kept tensors; `release` is freed afterwards."""

    run_id: str
    handles: tuple[Handle, ...]
    weights: tuple[float, ...]
    output: Region | None
    release: tuple[Handle, ...]


@dataclass(frozen=True)
class Measure:
    """Asks for what is measured before a call."""

    run_id: str
    branch: str
    call_index: int
    input: PlacedTensor


@dataclass(frozen=True)
class RunCall:
    """Computes one whole call. `input` None: that of the newest measured call."""

    run_id: str
    branch: str
    plan: CallPlan
    input: PlacedTensor | None
    output: Region | None
