"""The port to a network: what a host must be able to ask of it, and nothing else.

A network has no state. Runs, histories, handles, partial tokens and probes are the host's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from forecache.plan import RunSetup
from forecache_host.call_walk import CallWalk, WalkHost
from forecache_host.partial_tokens import TokenMeasure
from forecache_host.sites import ModelDescription


@dataclass(frozen=True)
class CallInput:
    """One call of the network. Tensors are on the network's device, batch first.

    `timestep` is in the model's own unit. `conditioning` has the tensors of the description by
    name.
    """

    image: Tensor
    timestep: float
    conditioning: Mapping[str, Tensor]


class NetworkCall(Protocol):
    """One call cut into segments. Every result is a fresh tensor that nobody writes to.

    The same segment at the same input gives the same bits, whoever asks: `Forward` or `RunCall`.
    """

    embedded: Tensor
    """`[batch, tokens, width]`"""
    conditioning: Tensor
    """What the modulation is made from, `[batch, width]`."""

    def modulation(self) -> Tensor:
        """Rows `[batch, 6 * blocks + 2, width]`: shift, scale, gate of every branch, then the
        head's two.
        """

    def gate(self, site: str) -> Tensor:
        """The gate of a branch, `[batch, 1, width]`."""

    def modulated_input(self) -> Tensor:
        """What the first block's attention gets, `[batch, tokens, width]`: TeaCache's M."""

    def branch(self, site: str, hidden: Tensor, chosen: Tensor | None) -> Tensor:
        """A branch before its gate: all tokens, or the chosen ones `[batch, count]`, an attention's
        with the keys and values of all.
        """

    def token_measure(self, site: str, hidden: Tensor, measure: TokenMeasure) -> Tensor:
        """`[batch, tokens]` in float32. Only for attentions."""

    def head(self, hidden: Tensor) -> Tensor:
        """The network's output."""


class Network(Protocol):
    """What every host can serve: whole calls by plan."""

    description: ModelDescription
    device: torch.device

    def assert_conditioning(self, name: str, tensors: Mapping[str, Tensor]) -> None:
        """Raises HostError for values that the network cannot take; types are checked already.

        `name` is the path of the branch's tensors in messages: `branches[0].tensors`.
        """

    def assert_setup(self, setup: RunSetup) -> None:
        """Raises HostError for what this network can neither keep nor measure."""

    def begin_walk(self, call: CallInput, host: WalkHost) -> CallWalk:
        """Begins a call by plan: computes no more than the probes measure before it."""


class SegmentedNetwork(Network, Protocol):
    """A network whose sites can be computed one by one: what `Forward` needs."""

    def begin(self, call: CallInput) -> NetworkCall:
        """Computes `embed`."""
