"""One evaluation of the model: all of its network calls are forecast, or none is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forecache.hosting.branch_state import BranchState
from forecache.hosting.decisions import Decided, Decisions
from forecache.hosting.site_work import COMPUTE, Work
from forecache_comfyui.network_call import StreamKey

NEW_STREAM = "a prompt, a window or a shape takes part that did not before"
TOO_LATE = "a network call could not be forecast after others of its evaluation had been"


@dataclass
class OpenEvaluation:
    """An evaluation on its way.

    prompts: those that will be asked for; None when not told. decided: what is done, once the first
        network call has come. touched: streams of its calls so far. scalars: what was measured.
    reasons: why it does not do what the plan says. meter: what measures inside its first call.
    """

    index: int
    prompts: frozenset[object] | None = None
    decided: Decided | None = None
    touched: dict[StreamKey, BranchState] = field(default_factory=dict)
    scalars: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    meter: Any = None

    @property
    def is_forecast(self) -> bool:
        """Whether its network calls are forecast."""
        return self.decided is not None and not self.decided.is_full

    def numbered(self, keys: Sequence[StreamKey]) -> tuple[StreamKey, ...]:
        """The keys of a network call, told apart from those that came before in the evaluation."""
        seen = Counter(key._replace(repeat=0) for key in self.touched)
        made: list[StreamKey] = []
        for key in keys:
            made.append(key._replace(repeat=seen[key]))
            seen[key] += 1
        return tuple(made)

    def expect(self, prompts: frozenset[object]) -> None:
        """More prompts that will be asked for."""
        self.prompts = prompts if self.prompts is None else self.prompts | prompts

    def decide(
        self,
        decisions: Decisions,
        expected: Mapping[StreamKey, BranchState],
        watched: str | None,
    ) -> Decided:
        """What is done, after the first network call has come.

        expected: the streams that took part before and will again. watched: why nothing may be
        forecast yet, or None.
        """
        streams = {**expected, **self.touched}
        each = [
            decisions.decide(stream, self.index, key, self.scalars)
            for key, stream in streams.items()
        ]
        full = [decided for decided in each if decided.is_full]
        reasons = [reason for decided in full for reason in decided.reasons]
        if not full and watched is not None:
            reasons = [watched]
        elif not full and self.prompts and self.prompts - {key.prompt for key in streams}:
            reasons = [NEW_STREAM]
        self.decided = (full or each)[0]
        if reasons:
            self.give_up(decisions, reasons)
        return self.decided

    def work(self, decisions: Decisions, keys: Sequence[StreamKey]) -> Work:
        """What a network call with these streams does, once the evaluation is decided."""
        assert self.decided is not None
        if self.decided.is_full:
            return self.decided.work
        follows = [
            decisions.decide(self.touched[key], self.index, key, self.scalars) for key in keys
        ]
        if any(decided.is_full for decided in follows):
            self.give_up(decisions, [TOO_LATE])
        return self.decided.work

    def give_up(self, decisions: Decisions, reasons: Sequence[str]) -> None:
        """What is left of the evaluation is computed, against the plan and therefore not stored."""
        self.decided = Decided(dict.fromkeys(decisions.groups, COMPUTE), tuple(reasons))
        self.reasons += [reason for reason in reasons if reason not in self.reasons]
        if not decisions.is_static:
            # The policy takes the evaluation for forecast: its later answers would not fit.
            for stream in self.touched.values():
                stream.lost = stream.lost or reasons[0]
