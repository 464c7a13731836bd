"""The gates of all forecast calls of a run, made in one batched pass at its start."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from forecache.diffusers.layout import torch_rows
from forecache.diffusers.schedule import Schedule
from forecache.diffusers.structure import Structure

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
        self._given = _conditioning(arguments, self._timestep)
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
        return gates if _is_same(self._given, arguments, self._timestep) else None


def build_table(
    structure: Structure,
    arguments: Mapping[str, Any],
    schedule: Schedule,
    calls: Sequence[int],
) -> ModulationTable | None:
    """A table for these calls; None where timesteps are not known, or are not one number a call."""
    timestep = arguments.get(structure.layout.timestep)
    if structure.layout.modulation is None or schedule.scale is None or not calls:
        return None
    if not isinstance(timestep, Tensor) or timestep.ndim > 1 or schedule.source is None:
        return None
    source = schedule.source.flatten()[schedule.first :].to(timestep.device, timestep.dtype)
    known = schedule.scale(source).to(timestep.dtype)
    if not bool((timestep == known[0]).all()):
        return None
    return ModulationTable(structure, arguments, {call: known[call] for call in calls})


def _by_call(by_site: list[Tensor | None], calls: int) -> list[Gates]:
    """`[sites][calls, batch, width]` as one entry a call."""
    present = [gates for gates in by_site if gates is not None]
    if len(present) == len(by_site):
        return list(torch.stack(present, dim=1))
    return [[None if gates is None else gates[call] for gates in by_site] for call in range(calls)]


Given = dict[str, tuple[Any, int]]
"""Tensors by name, by weak reference and version: one that was edited is another one."""


def _conditioning(arguments: Mapping[str, Any], timestep: str) -> Given:
    return {
        name: (weakref.ref(value), _version(value))
        for name, value in arguments.items()
        if isinstance(value, Tensor) and name not in ("hidden_states", timestep)
    }


def _is_same(known: Given, arguments: Mapping[str, Any], timestep: str) -> bool:
    given = _conditioning(arguments, timestep)
    return given.keys() == known.keys() and all(
        known[name][0]() is arguments[name] and known[name][1] == given[name][1] for name in given
    )


def _version(tensor: Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version
