"""A run whose plan is known, on any host."""

from __future__ import annotations

from dataclasses import dataclass

from forecache.hosting.decisions import Decisions
from forecache.hosting.network_sites import NetworkSites, StoreOptions
from forecache.hosting.probing import Probing
from forecache.plan import OpenedRun


@dataclass
class PlannedRun:
    """What decides the calls of a run and where it keeps features."""

    opened: OpenedRun
    sites: NetworkSites
    decisions: Decisions
    probing: Probing
    store_options: StoreOptions
