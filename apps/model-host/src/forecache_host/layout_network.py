"""Any transformer that forecache.diffusers has a layout for, or any other at `output` and `change`.

Whole calls by plan: the model's own forward runs, with stand-ins for its blocks and its head.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from forecache.diffusers.layouts import find_layout
from forecache.hosting.structure import Structure
from forecache.plan import ProbeKind, RunSetup
from forecache_host.call_shape import CallShape
from forecache_host.call_walk import CallWalk, WalkHost
from forecache_host.host_error import HostError
from forecache_host.layout_description import describe_ends, describe_layout, per_sample
from forecache_host.layout_walk import LayoutWalk
from forecache_host.network import CallInput
from forecache_host.sites import Site, residual_range

INSIDE_PROBES = (
    ProbeKind.MODULATED_INPUT_CHANGE,
    ProbeKind.CONDITIONING_CHANGE,
    ProbeKind.FIRST_BLOCKS_CHANGE,
)
"""What is measured inside the network before the call is decided; whole calls cannot stop there."""


class LayoutNetwork:
    """A network without forwardable sites. The model is in evaluation mode on its device."""

    def __init__(self, model: nn.Module, name: str, shape: CallShape) -> None:
        layout = find_layout(model)
        self.model = model
        self.shape = shape
        self.structure = None if layout is None else Structure(model, layout)
        self._timestep = "timestep" if layout is None else layout.timestep
        self.device: torch.device = next(model.parameters()).device
        example = self.arguments(shape.example(self.device))
        if self.structure is not None:
            self.description = describe_layout(name, self.structure, shape, example)
        else:
            with torch.inference_mode():
                output = per_sample(model(**example, return_dict=False)[0])
            site = Site("output", "output", output)
            self.description = describe_ends(name, shape, output, (site,))

    def arguments(self, call: CallInput) -> dict[str, Any]:
        """The model's keyword arguments for a call."""
        return self.shape.call_arguments(call, self._timestep)

    def assert_conditioning(self, name: str, tensors: Mapping[str, Tensor]) -> None:
        """Types say all there is to say."""

    def assert_setup(self, setup: RunSetup) -> None:
        """Refuses partial tokens, probes inside the network, and ranges that change streams."""
        if setup.token_cache is not None:
            raise self._unimplemented("partial tokens")
        for probe in setup.probes:
            if probe.kind in INSIDE_PROBES:
                raise self._unimplemented(f"probe {probe.kind.value}")
        for site in (*setup.sites, *(probe.site for probe in setup.probes)):
            self._assert_one_stage(site)

    def begin_walk(self, call: CallInput, host: WalkHost) -> CallWalk:
        """Measures before the call; the network itself is called by `finish`."""
        return LayoutWalk(self, call, host)

    def _assert_one_stage(self, site: str) -> None:
        blocks = residual_range(site)
        if blocks is None or self.structure is None or blocks[1] == self.structure.last:
            return
        first, last = (self.structure.places[index].stage for index in blocks)
        if first != last:
            reason = f"{site} begins in {first.blocks} and ends in {last.blocks}"
            raise self._unimplemented(f"a range that leaves its list of blocks ({reason})")

    def _unimplemented(self, what: str) -> HostError:
        message = f"model {self.description.model} runs whole calls and cannot do {what}"
        return HostError("unimplemented", message)
