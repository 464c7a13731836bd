"""One call of a transformer's own forward, with its blocks computed, passed through or recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor, nn

from forecache.hosting.site_work import Applier, ForecastImpossible, Recorder
from forecache.hosting.structure import BlockCall, BlockPlace


class Meter(Protocol):
    """Measures on the way what a policy decides the rest of the call from."""

    block: int
    """The decision falls before this block is computed."""

    def enter(self, call: BlockCall) -> None: ...

    def leave(self, call: BlockCall, output: Any) -> None: ...

    def value(self, call: BlockCall) -> Tensor: ...


@dataclass
class Plan:
    """What a walk does: record and forecast at groups of sites."""

    recorders: list[Recorder]
    appliers: list[Applier]


class Walk:
    """Stands in for the blocks and the head of one call.

    plan: what to do, or a function that decides it before the block of `meter`, given its
        measurement.
    extra: what the layout adds to every block's arguments.

    What is ours must not reach the pipeline: a recorder that fails is noted in `trouble` and the
    call goes on, a forecast that fails raises ForecastImpossible for the engine. The blocks' own
    exceptions pass untouched.
    """

    def __init__(
        self,
        plan: Plan | None,
        *,
        meter: Meter | None = None,
        decide: Callable[[Tensor], Plan] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self._plan = plan or Plan([], [])
        self._meter = meter
        self._decide = decide
        self._extra = extra or {}
        self.trouble: str | None = None

    def block(self, place: BlockPlace, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        call = BlockCall(place, (args, kwargs), self._extra)
        self._measure(call)
        for applier in self._plan.appliers:
            passed, streams = self._skipped(applier, call)
            if passed:
                return streams
        self._record(lambda recorder: recorder.enter(call))
        output = place.block(*args, **kwargs)
        self._record(lambda recorder: recorder.leave(call, output))
        if self._meter is not None and place.index < self._meter.block:
            self._guarded(lambda meter: meter.leave(call, output))
        return output

    def head(self, head: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        if not args:
            raise ForecastImpossible("the head has no positional argument")
        hidden, *rest = args
        self._record(lambda recorder: recorder.head(hidden))
        for applier in self._plan.appliers:
            hidden = self._applied(applier.head, hidden)
        return head(hidden, *rest, **kwargs)

    def commit(self) -> None:
        """Stores what was recorded, unless something went wrong."""
        self._record(lambda recorder: recorder.commit())

    def abort(self) -> None:
        """Lets go of what was recorded."""
        for recorder in self._plan.recorders:
            recorder.abort()

    def _measure(self, call: BlockCall) -> None:
        meter = self._meter
        if meter is None or call.place.index > meter.block:
            return
        if call.place.index < meter.block:
            self._guarded(lambda each: each.enter(call))
            return
        decide = self._decide
        if decide is not None and self.trouble is None:
            self._guarded(lambda each: self._settle(decide(each.value(call))))

    def _settle(self, plan: Plan) -> None:
        self._plan = plan

    def _skipped(self, applier: Applier, call: BlockCall) -> tuple[bool, Any]:
        def pass_through(_none: Any) -> tuple[bool, Any]:
            if not applier.skips(call):
                return False, None
            return True, call.passed_through(*applier.streams(call))

        skipped: tuple[bool, Any] = self._applied(pass_through, None)
        return skipped

    def _applied(self, apply: Callable[[Any], Any], value: Any) -> Any:
        try:
            return apply(value)
        except Exception as error:
            raise ForecastImpossible(_told(error)) from error

    def _guarded(self, measure: Callable[[Meter], None]) -> None:
        assert self._meter is not None
        try:
            measure(self._meter)
        except Exception as error:
            self.trouble = f"a measurement failed: {_told(error)}"

    def _record(self, step: Callable[[Recorder], None]) -> None:
        if self.trouble is not None:
            return
        try:
            for recorder in self._plan.recorders:
                step(recorder)
        except Exception as error:
            self.trouble = f"features were not stored: {_told(error)}"
            self.abort()


def _told(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}".splitlines()[0]
