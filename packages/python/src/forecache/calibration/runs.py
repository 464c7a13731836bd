"""The runs that a preset is measured on: each can be made again, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from forecache.calibration.random_state import copies, seeded
from forecache.errors import ForecacheError

Call = Callable[[Any, int], object]
"""`(pipe, seed)`: one call of the pipeline, the same for the same seed."""

Given = Mapping[str, Any] | int
"""A run as users give it: the keyword arguments of a call, or a seed for their own `call`."""


@dataclass(frozen=True)
class Run:
    """One run. seed: None where nothing says it."""

    make: Callable[[], object]
    seed: int | None
    arguments: Mapping[str, Any]

    def __call__(self) -> None:
        """Calls the pipeline, without gradients."""
        with torch.no_grad():
            self.make()


def compile_runs(pipe: Any, given: Iterable[Given], call: Call | None, name: str) -> list[Run]:
    """The runs in order. Raises ForecacheError for an entry that is none.

    call: what seeds are given to. name: the option's, for messages.
    """
    return [_compile(pipe, each, call, f"{name}[{index}]") for index, each in enumerate(given)]


def _compile(pipe: Any, given: Given, call: Call | None, name: str) -> Run:
    if isinstance(given, Mapping):
        return _from_arguments(pipe, dict(given))
    if isinstance(given, bool) or not isinstance(given, int):
        rule = "a seed, or the keyword arguments of one call of the pipeline"
        raise ForecacheError(f"{name} must be {rule}, got {given!r}")
    if call is None:
        raise ForecacheError(f"{name} is a seed: call must say what to do with it, got None")
    return Run(_seeded(given, lambda: call(pipe, given)), given, {})


def _from_arguments(pipe: Any, arguments: Mapping[str, Any]) -> Run:
    # Generators move on as they draw: every run begins with them as they are now.
    held = {name: copies(value) for name, value in arguments.items()}
    seed = _seed_of(held.get("generator"))

    def make() -> object:
        return pipe(**{name: copies(value) for name, value in held.items()})

    return Run(_seeded(0 if seed is None else seed, make), seed, held)


def _seeded(seed: int, make: Callable[[], object]) -> Callable[[], object]:
    def made() -> object:
        # What draws without a generator draws the same in every run, too.
        with seeded(seed):
            return make()

    return made


def _seed_of(generator: object) -> int | None:
    if isinstance(generator, list | tuple) and generator:
        generator = generator[0]
    return generator.initial_seed() if isinstance(generator, torch.Generator) else None


def shared_value(runs: Sequence[Run], name: str) -> Any:
    """The argument that all runs have in common; None where they differ or have none."""
    values = [run.arguments.get(name) for run in runs]
    is_shared = all(type(value) is type(values[0]) and value == values[0] for value in values)
    return values[0] if is_shared else None
