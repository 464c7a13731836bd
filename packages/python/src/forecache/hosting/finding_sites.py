"""The sites that a run's setup asks for."""

from __future__ import annotations

from forecache.errors import NoPlanError
from forecache.hosting.inner_sites import InnerSites
from forecache.hosting.network_sites import NetworkSites
from forecache.hosting.output_sites import OutputSites
from forecache.hosting.structure import Structure
from forecache.plan import Granularity, RunSetup

OUTSIDE = (Granularity.OUTPUT, Granularity.CHANGE)
"""Granularities that do not look inside the network."""


def find_sites(setup: RunSetup, structure: Structure | None, input_name: str) -> NetworkSites:
    """Where features are kept.

    structure: None where the inside of the network is not known. input_name: of the network's
        latents among the arguments of a call. Raises NoPlanError for sites that are not there.
    """
    granularity = setup.granularity
    if granularity in OUTSIDE:
        return OutputSites(granularity, input_name)
    if structure is None:
        raise NoPlanError(f"{granularity.value} needs a model whose blocks are known")
    is_some = bool(setup.sites) and len(setup.sites) != structure.sites
    if granularity is Granularity.MODULE and is_some:
        raise NoPlanError("the policy keeps some modules only: use the model host")
    if granularity is not Granularity.RESIDUAL:
        return InnerSites(structure, granularity)
    is_whole = tuple(setup.sites) in ((), (f"blocks.0-{structure.last}",))
    return InnerSites(structure, granularity, () if is_whole else setup.sites)
