"""A solver of the tests: even schedules and straight lines, without a sidecar."""

from __future__ import annotations

from collections.abc import Sequence

from forecache.client.calibration import FitQuestion, FittedWeights, FoundSchedule


class LineSolver:
    """Answers every question with the line through the newest two features; notes the questions.

    scale: by round, what the weights are multiplied with; 1 after the last.
    shifts: so many times another search finds another schedule, later by a call each time.
    """

    def __init__(self, *scale: float, held_out_error: float | None = 0.25, shifts: int = 0) -> None:
        self.scale = scale
        self.shifts = shifts
        self.growths: list[Sequence[float]] = []
        self.held_out_error = held_out_error
        self.searched: list[tuple[Sequence[Sequence[float]], Sequence[Sequence[float]], int]] = []
        self.questions: list[FitQuestion] = []

    def find_schedules(
        self,
        runs: Sequence[Sequence[float]],
        response: Sequence[Sequence[float]],
        full_calls: int,
        growth: Sequence[float] = (),
    ) -> list[FoundSchedule]:
        self.searched.append((runs, response, full_calls))
        self.growths.append(growth)
        calls = len(response) - 1
        shift = min(len(self.growths) - 1, self.shifts)
        return [
            FoundSchedule(_schedule(calls, count, shift), 0.5) for count in range(1, full_calls + 1)
        ]

    def fit_weights(self, question: FitQuestion) -> FittedWeights:
        scales = dict(enumerate(self.scale))
        scale = scales.get(len(self.questions), 1.0)
        self.questions.append(question)
        calls, full = len(question.response) - 1, list(question.full_calls)
        lines = [line(call, full) for call in range(calls) if call not in full]
        return FittedWeights(
            weights=tuple(tuple(scale * weight for weight in weights) for weights in lines),
            history=2,
            ridge=0.0,
            predicted_error=0.125,
            held_out_error=self.held_out_error,
            growth=(float(len(self.questions)),) * (calls + 1) if self.shifts else (),
        )


def _schedule(calls: int, count: int, shift: int) -> tuple[int, ...]:
    even = [index * calls // count for index in range(count)]
    return tuple(call if call == 0 else min(call + shift, calls - 1) for call in even)


def line(call: int, full_calls: Sequence[int]) -> tuple[float, ...]:
    """Weights of the line through the newest two full calls before `call`, newest first."""
    before = [each for each in full_calls if each < call]
    if len(before) == 1:
        return (1.0,)
    older, newest = before[-2:]
    distance = (call - newest) / (newest - older)
    return (1 + distance, -distance)
