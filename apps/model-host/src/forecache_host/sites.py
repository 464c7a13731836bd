"""What a network is made of: its sites in the order of a call."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forecache.plan import Granularity
from forecache_host.host_error import HostError
from forecache_host.tensor_type import TensorType

MODULE_KINDS = ("attention", "cross-attention", "mlp", "single")
"""Kinds of modules: branches of a block, whose outputs can be forecast."""

END_SITES = ("hidden", "output", "change")
"""Sites at the end of every network. They are composed, never forwarded."""

_RESIDUAL = re.compile(r"blocks\.(0|[1-9]\d{0,5})-(0|[1-9]\d{0,5})")


@dataclass(frozen=True)
class Site:
    """One site of a network, shapes per sample. `flops`: multiply and add counted separately."""

    name: str
    kind: str
    output: TensorType
    input: TensorType | None = None
    block: int = 0
    flops: int = 0
    forwardable: bool = False


@dataclass(frozen=True)
class ModelDescription:
    """A network: `DescribeResponse` without the id of the process. Shapes are per sample."""

    model: str
    sites: tuple[Site, ...]
    input: TensorType
    output: TensorType
    conditioning: tuple[tuple[str, TensorType], ...]

    @property
    def blocks(self) -> int:
        """Blocks of the network: those that have a module."""
        return len({site.block for site in self.sites if site.kind in MODULE_KINDS})

    @property
    def modules(self) -> tuple[Site, ...]:
        """The modules in the order of a call."""
        return tuple(site for site in self.sites if site.kind in MODULE_KINDS)

    def site(self, name: str) -> Site:
        """The listed site, or the residual of any range of blocks, which no host lists."""
        listed = next((site for site in self.sites if site.name == name), None)
        if listed is not None:
            return listed
        first_last = residual_range(name)
        if first_last is None or not first_last[0] <= first_last[1] < self.blocks:
            raise HostError("not-found", f'site "{name}" is unknown to model {self.model}')
        hidden = self.site("hidden")
        return Site(name, "residual", hidden.output, block=first_last[0])

    def sites_of(self, granularity: Granularity) -> tuple[str, ...]:
        """Where a plan of this granularity applies, in the order of a call."""
        if granularity is Granularity.MODULE:
            return tuple(site.name for site in self.modules)
        if granularity is Granularity.BLOCK:
            return tuple(f"blocks.{block}-{block}" for block in range(self.blocks))
        if granularity is Granularity.RESIDUAL:
            return (f"blocks.0-{self.blocks - 1}",)
        return tuple(site.name for site in self.sites if site.kind == granularity.value)


def residual_range(name: str) -> tuple[int, int] | None:
    """First and last block of `blocks.<first>-<last>`; None for the name of any other site."""
    match = _RESIDUAL.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None
