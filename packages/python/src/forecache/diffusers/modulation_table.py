"""The gates of all forecast calls of a branch, made in one batched pass."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from forecache.diffusers.given_conditioning import GivenConditioning
from forecache.diffusers.schedule import Schedule
from forecache.hosting.layout import torch_rows
from forecache.hosting.structure import Structure

logger = logging.getLogger("forecache")

Gates = Tensor | list[Tensor | None]
"""`[sites, batch, width]`, or one `[batch, width]` a site with None where it is not gated."""


class ModulationTable:
    """Gates by call index. They equal what the blocks compute themselves, to the rounding of one
    batched product.

    A call is served only with the timestep and conditioning that the table was made from.
    Timesteps on the CPU are compared at every call; on another device the first one is, and the
    scheduler's index stands for the others.
    """

    def __init__(
        self,
        structure: Structure,
        arguments: Mapping[str, Any],
        timesteps: Mapping[int, Tensor],
    ) -> None:
        layout = structure.layout
        assert layout.modulation is not None
        self._timestep = layout.timestep
        self._given = GivenConditioning(arguments, self._timestep)
        self._timesteps = dict(timesteps)
        self._batch = arguments["hidden_states"].shape[0]
        rows = torch.stack(list(timesteps.values()))
        with torch.no_grad():
            modulation = layout.modulation(structure.transformer, arguments, rows)
            made = [
                gate for place in structure.places for gate in layout.gates(place.block, modulation)
            ]
        by_site = [None if gate is None else torch_rows(gate, len(timesteps)) for gate in made]
        self._gates = dict(zip(timesteps, _by_call(by_site, len(timesteps)), strict=True))

    def gates(self, call_index: int, arguments: Mapping[str, Any]) -> Gates | None:
        """The gates of a call; None where the table is not made for it."""
        gates = self._gates.get(call_index)
        if gates is None or arguments["hidden_states"].shape[0] != self._batch:
            return None
        timestep = arguments[self._timestep]
        is_readable = timestep.device.type == "cpu"
        if is_readable and not bool((timestep == self._timesteps[call_index].cpu()).all()):
            return None
        return gates if self._given.is_same(arguments) else None


class BranchTables:
    """The tables of one run, one a branch: guidance branches have conditioning of their own.

    Made at a branch's first forecast call for all that follow. calls: those that the plan
    forecasts; none where the policy decides call by call.
    reason: why the newest call asked for was not served.
    """

    def __init__(self, structure: Structure, schedule: Schedule, calls: Sequence[int]) -> None:
        self._structure, self._schedule, self._calls = structure, schedule, tuple(calls)
        self._tables: dict[str, ModulationTable | str] = {}
        self.reason = "the policy decides call by call"

    def gates(self, branch: str, call_index: int, arguments: Mapping[str, Any]) -> Gates | None:
        """The gates of a forecast call; None where the blocks have to make them."""
        if call_index not in self._calls:
            return None
        if branch not in self._tables:
            self._tables[branch] = self._table(call_index, arguments)
        table = self._tables[branch]
        if isinstance(table, str):
            self.reason = table
            return None
        self.reason = "the timestep or the conditioning is not the one that was expected"
        return table.gates(call_index, arguments)

    def _table(self, call_index: int, arguments: Mapping[str, Any]) -> ModulationTable | str:
        calls = [call for call in self._calls if call >= call_index]
        try:
            table = build_table(self._structure, arguments, self._schedule, calls, call_index)
        except Exception as error:
            logger.debug("forecache: gates are made call by call", exc_info=True)
            return f"{type(error).__name__}: {error}"
        return table or "the timesteps of the calls are not known"


def build_table(
    structure: Structure,
    arguments: Mapping[str, Any],
    schedule: Schedule,
    calls: Sequence[int],
    index: int = 0,
) -> ModulationTable | None:
    """A table for these calls, from the arguments of call `index`; None where timesteps are not
    known, or are not one number a call.
    """
    timestep = arguments.get(structure.layout.timestep)
    if structure.layout.modulation is None or schedule.scale is None or not calls:
        return None
    if not isinstance(timestep, Tensor) or timestep.ndim > 1 or schedule.source is None:
        return None
    source = schedule.source.flatten()[schedule.first :].to(timestep.device, timestep.dtype)
    known = schedule.scale(source).to(timestep.dtype)
    if not bool((timestep == known[index]).all()):
        return None
    return ModulationTable(structure, arguments, {call: known[call] for call in calls})


def _by_call(by_site: list[Tensor | None], calls: int) -> list[Gates]:
    """`[sites][calls, batch, width]` as one entry a call."""
    present = [gates for gates in by_site if gates is not None]
    if len(present) == len(by_site):
        return list(torch.stack(present, dim=1))
    return [[None if gates is None else gates[call] for gates in by_site] for call in range(calls)]
