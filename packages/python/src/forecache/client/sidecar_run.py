"""A run that a sidecar decides for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence

from forecache._generated.forecache.v1 import cache_pb2
from forecache._generated.forecache.v1.cache_pb2_grpc import CacheServiceStub
from forecache.client.answers import OpenedAnswer, decode_call
from forecache.client.asking import NoAnswerError, ask, malformed
from forecache.client.errands import Errands
from forecache.client.malformed import MalformedAnswerError
from forecache.client.wire import encode_close_run, encode_decide, encode_report
from forecache.plan import CallPlan, CallReport, RunOutcome, RunPlan, RunSetup

MAX_WAITING = 64
"""Reports and questions that may wait; more are dropped, and reports are counted."""

LEAST_ERRAND_S = 1.0
"""Longest wait for a report or a close to arrive, at least. Nobody waits with them: a busy sidecar
that is late with these is not down.
"""

FORKED = "the run was opened before a fork"


class _Question:
    """A call's action on its way."""

    def __init__(self) -> None:
        self.is_answered = threading.Event()
        self.answer: CallPlan | None = None


class SidecarRun:
    """An `OpenedRun`. All travels in one thread and in order: a policy hears of a call first.

    States: open; failed, by the first question or report without an answer: nothing more is asked;
    closed. A run with a plan has all its answers: a failed report only ends the reports.
    """

    def __init__(
        self,
        service: CacheServiceStub,
        opened: OpenedAnswer,
        *,
        deadline_s: float,
        on_failure: Callable[[NoAnswerError], None],
    ) -> None:
        self._service = service
        self._opened = opened
        self._deadline_s = deadline_s
        self._errand_s = max(deadline_s, LEAST_ERRAND_S)
        self._on_failure = on_failure
        self._errands = Errands(MAX_WAITING)
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._asked: dict[tuple[str, int], _Question] = {}
        self._taken: dict[tuple[str, int], CallPlan] = {}
        self._failure: str | None = None
        self._is_closed = False
        self._lost_reports = 0

    @property
    def run_id(self) -> str:
        """The sidecar's name for the run."""
        return self._opened.run_id

    @property
    def setup(self) -> RunSetup:
        """What to keep and to measure."""
        return self._opened.setup

    @property
    def plan(self) -> RunPlan | None:
        """All decisions; None when the policy decides call by call."""
        return self._opened.plan

    @property
    def policy(self) -> str:
        """Name and effective options, as the sidecar prints them."""
        return self._opened.policy

    @property
    def warnings(self) -> Sequence[str]:
        """What the sidecar thinks a person should read."""
        return self._opened.warnings

    @property
    def failure(self) -> str | None:
        """Why there are no more answers; None for a run with a plan, which has them all."""
        if self.plan is not None:
            return None
        return FORKED if self._is_forked else self._failure

    @property
    def lost_reports(self) -> int:
        """Reports that did not arrive."""
        return self._lost_reports

    def decide(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> CallPlan | None:
        """The action of one call, within the deadline; None means compute it in full."""
        if self.plan is not None:
            calls = self.plan.calls
            return calls[call_index] if 0 <= call_index < len(calls) else None
        key = (branch, call_index)
        if key in self._taken or not self._may_ask:
            return self._taken.get(key)
        question = self._asked.pop(key, None) or self._ask(key, scalars)
        if not question.is_answered.wait(self._deadline_s):
            milliseconds = round(self._deadline_s * 1000)
            reason = f"sidecar unreachable: deadline of {milliseconds} ms passed"
            self._fail(NoAnswerError(reason, is_down=True))
            return None
        if question.answer is not None:
            self._taken[key] = question.answer
        return question.answer

    def prefetch(self, branch: str, call_index: int, scalars: Mapping[str, float]) -> None:
        """Asks in the background; `decide` of the same call takes the answer."""
        key = (branch, call_index)
        is_known = key in self._asked or key in self._taken
        if self.plan is None and not is_known and self._may_ask:
            self._asked[key] = self._ask(key, scalars)

    def report(self, report: CallReport) -> None:
        """Sends a report in the background. One that cannot be sent is dropped and counted."""
        message = encode_report(self.run_id, report)
        if not self._may_ask or not self._errands.add(lambda: self._send_report(message)):
            self._lose_report()

    def close(self, outcome: RunOutcome) -> None:
        """Closes the run after its reports, within the deadline. A second close does nothing."""
        if not self._may_ask:
            self._is_closed = True
            return
        self._is_closed = True
        is_sent = threading.Event()
        message = encode_close_run(self.run_id, outcome)
        self._errands.add_last(lambda: self._send_close(message, is_sent))
        is_sent.wait(self._deadline_s)

    @property
    def _is_forked(self) -> bool:
        return self._pid != os.getpid()

    @property
    def _may_ask(self) -> bool:
        return self._failure is None and not self._is_closed and not self._is_forked

    def _ask(self, key: tuple[str, int], scalars: Mapping[str, float]) -> _Question:
        question = _Question()
        message = encode_decide(self.run_id, *key, scalars)
        self._errands.add_last(lambda: self._send_question(message, question))
        return question

    def _send_question(self, message: cache_pb2.DecideRequest, question: _Question) -> None:
        try:
            if self._failure is None:
                answer = ask(self._service.Decide, message, self._deadline_s)
                question.answer = decode_call(answer.plan, message.call_index, self.setup)
        except NoAnswerError as error:
            self._fail(error)
        except MalformedAnswerError as error:
            self._fail(malformed(error))
        finally:
            question.is_answered.set()

    def _send_report(self, message: cache_pb2.ReportRequest) -> None:
        if self._failure is not None:
            self._lose_report()
            return
        try:
            ask(self._service.Report, message, self._errand_s)
        except NoAnswerError as error:
            self._lose_report()
            self._fail(error)

    def _send_close(self, message: cache_pb2.CloseRunRequest, is_sent: threading.Event) -> None:
        try:
            if self._failure is None:
                ask(self._service.CloseRun, message, self._errand_s)
        except NoAnswerError as error:
            self._fail(error)
        finally:
            is_sent.set()

    def _lose_report(self) -> None:
        with self._lock:
            self._lost_reports += 1

    def _fail(self, error: NoAnswerError) -> None:
        with self._lock:
            if self._failure is not None:
                return
            self._failure = error.reason
        self._on_failure(error)
