"""Who solves: the sidecar that is named, or the one that is found or started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from forecache.client import NoSource, TlsFiles, find_sidecar
from forecache.client.calibration import (
    CalibrationClient,
    FitQuestion,
    FittedWeights,
    FoundSchedule,
)
from forecache.errors import NoPlanError


class Solver(Protocol):
    """What calibration asks: `CalibrationClient`, or something that answers alike."""

    def find_schedules(
        self,
        runs: Sequence[Sequence[float]],
        response: Sequence[Sequence[float]],
        full_calls: int,
        growth: Sequence[float] = (),
    ) -> Sequence[FoundSchedule]: ...

    def fit_weights(self, question: FitQuestion) -> FittedWeights: ...


@contextmanager
def solver_at(sidecar: str | Solver | None) -> Iterator[Solver]:
    """The solver, closed afterwards unless it was given.

    Raises NoPlanError with the reason where no sidecar can be had.
    """
    if sidecar is not None and not isinstance(sidecar, str):
        yield sidecar
        return
    source = find_sidecar(sidecar)
    try:
        if isinstance(source, NoSource):
            raise NoPlanError(source.reason)
        with answering(str(getattr(source, "address", ""))) as client:
            yield client
    finally:
        source.close()


@contextmanager
def answering(address: str, tls: TlsFiles | None = None) -> Iterator[Solver]:
    """The sidecar at an address, once it has answered. Raises NoPlanError where it does not."""
    client = CalibrationClient(address, tls)
    try:
        # Whoever cannot answer says so now, and not after hours of recording.
        client.find_schedules([[1.0]], [[0.0], [1.0]], 1)
        yield client
    finally:
        client.close()
