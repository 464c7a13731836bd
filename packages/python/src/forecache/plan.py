"""What a call does at a site, in the words of `protos/forecache/v1/plan.proto`.

Nothing here imports torch or gRPC: `client` turns messages into these types, `torch` and
`diffusers` apply them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Granularity(StrEnum):
    """Where forecasts are made."""

    MODULE = "module"
    BLOCK = "block"
    RESIDUAL = "residual"
    HIDDEN = "hidden"
    OUTPUT = "output"
    CHANGE = "change"


class ActionKind(StrEnum):
    """What a call does at a site."""

    FULL = "full"
    FORECAST = "forecast"
    REUSE = "reuse"
    PARTIAL = "partial"


class ProbeKind(StrEnum):
    """What a host measures for a policy that decides call by call; see `plan.proto`."""

    MODULATED_INPUT_CHANGE = "modulated-input-change"
    CONDITIONING_CHANGE = "conditioning-change"
    INPUT_CHANGE = "input-change"
    FIRST_BLOCKS_CHANGE = "first-blocks-change"
    OUTPUT_RATE = "output-rate"
    FEATURE_CHANGE = "feature-change"
    FEATURE_MOTION = "feature-motion"
    FEATURE_GRAM = "feature-gram"


class RunOutcome(StrEnum):
    """How a run ended."""

    OK = "ok"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@dataclass(frozen=True)
class TokenSelection:
    """Which tokens a PARTIAL action computes."""

    tokens: int
    staleness_weight: float = 0.0
    grid: int = 0
    grid_bonus: float = 0.0


@dataclass(frozen=True)
class Action:
    """What to do at a site in one call.

    `weights` are the forecast weights, newest stored feature first; empty unless it is a FORECAST.
    REUSE is the same as FORECAST with weights `(1.0,)`.
    """

    kind: ActionKind
    weights: tuple[float, ...] = ()
    selection: TokenSelection | None = None

    @property
    def effective_weights(self) -> tuple[float, ...]:
        """The weights of a forecast or a reuse; empty for the other kinds."""
        return (1.0,) if self.kind is ActionKind.REUSE else self.weights


FULL = Action(ActionKind.FULL)


@dataclass(frozen=True)
class SiteAction:
    """An action for one named site."""

    site: str
    action: Action


@dataclass(frozen=True)
class CallPlan:
    """What to do in one call: `action` at every kept site, but for `exceptions`."""

    call_index: int
    action: Action
    exceptions: tuple[SiteAction, ...] = ()


@dataclass(frozen=True)
class RunPlan:
    """All decisions of a static policy: one entry a call, in order."""

    steps: int
    calls: tuple[CallPlan, ...]


@dataclass(frozen=True)
class Probe:
    """One measurement. `count` and `site` belong to some kinds only."""

    kind: ProbeKind
    count: int = 0
    site: str = ""


@dataclass(frozen=True)
class TokenCache:
    """Sites whose newest feature is kept by token. `score`: influence, value-norm or random."""

    sites: tuple[str, ...]
    score: str


@dataclass(frozen=True)
class RunSetup:
    """What a host prepares for a run. `sites` empty: every site of the granularity."""

    granularity: Granularity
    sites: tuple[str, ...] = ()
    history_size: int = 1
    token_cache: TokenCache | None = None
    probes: tuple[Probe, ...] = ()


@dataclass(frozen=True)
class PolicySpec:
    """A policy by name, with its options as text."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteShape:
    """A module that can be forecast. `kind`: attention, cross-attention, mlp or single."""

    name: str
    kind: str
    block: int
    tokens: int


@dataclass(frozen=True)
class NetworkShape:
    """The modules of a network in the order of a call."""

    blocks: int
    sites: tuple[SiteShape, ...]


@dataclass(frozen=True)
class RunRequest:
    """The facts of a run that a policy decides from.

    `granularity` None: the policy's own. `timesteps` and `sigmas`: one a call, or empty when not
    known.
    """

    policy: PolicySpec
    steps: int
    calls: int
    granularity: Granularity | None = None
    timesteps: tuple[float, ...] = ()
    sigmas: tuple[float, ...] = ()
    branches: tuple[str, ...] = ("joint",)
    network: NetworkShape | None = None
    client: str = ""


@dataclass(frozen=True)
class CallReport:
    """What a host did in a call. Times in microseconds."""

    branch: str
    call_index: int
    action: ActionKind
    forwarded: int
    forecast: int
    wall_us: int
    scalars: Mapping[str, float] = field(default_factory=dict)


class OpenedRun(Protocol):
    """A run that somebody decides for. No method raises: no answer is an answer."""

    @property
    def setup(self) -> RunSetup: ...

    @property
    def plan(self) -> RunPlan | None:
        """All decisions; None when the policy decides call by call (`decide`)."""

    @property
    def policy(self) -> str:
        """Name and effective options, for people: `taylorseer(interval=5, order=1, warmup=3)`."""

    @property
    def warnings(self) -> Sequence[str]: ...

    @property
    def failure(self) -> str | None:
        """Why there are no more answers (`deadline of 50 ms passed`); None while all is well."""

    def decide(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> CallPlan | None:
        """The action of one call; None means compute it in full, and `failure` says why."""

    def prefetch(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> None:
        """Asks for a later call's action in the background; `decide` of that call takes the answer.

        For decisions whose scalars are known already.
        """

    def report(self, report: CallReport) -> None:
        """Tells what was done. Returns at once; what cannot be sent is dropped and counted."""

    def close(self, outcome: RunOutcome) -> None: ...


class PlanSource(Protocol):
    """Where plans come from: a sidecar, a plan file, or nobody."""

    def open_run(self, request: RunRequest) -> OpenedRun:
        """Opens a run. Raises ForecacheError for a wrong option, NoPlanError for no answer."""

    def close(self) -> None: ...
