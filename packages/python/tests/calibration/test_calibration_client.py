"""The two questions to the sidecar, and answers that break the contract."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest

from forecache._generated.forecache.v1 import calibration_pb2, plan_pb2
from forecache._generated.forecache.v1.calibration_pb2_grpc import (
    CalibrationServiceServicer,
    add_CalibrationServiceServicer_to_server,
)
from forecache.client.calibration import CalibrationClient, FitQuestion, FoundSchedule
from forecache.errors import ForecacheError, NoPlanError

RESPONSE = [[0.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [-1.0, -2.0, 0.0], [-1.0, -2.0, -3.0]]
"""Of three calls."""

QUESTION = FitQuestion([[1.0, 2.0, 3.0]], RESPONSE, (0, 2))


class FakeService(CalibrationServiceServicer):
    """Answers with what a test gives it; notes the questions."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.refuses: str | None = None
        self.schedules = calibration_pb2.FindSchedulesResponse(
            schedules=[
                calibration_pb2.FoundSchedule(full_calls=[0], predicted_drift=0.5),
                calibration_pb2.FoundSchedule(full_calls=[0, 2], predicted_drift=0.25),
            ]
        )
        forecast = plan_pb2.Action(kind=plan_pb2.ACTION_KIND_FORECAST, weights=[1.5])
        self.fitted = calibration_pb2.FitWeightsResponse(
            plan=plan_pb2.RunPlan(
                steps=3,
                calls=[
                    plan_pb2.CallPlan(call_index=0),
                    plan_pb2.CallPlan(call_index=1, action=forecast),
                    plan_pb2.CallPlan(call_index=2),
                ],
            ),
            history=1,
            ridge=0.125,
            predicted_error=0.25,
            held_out_error=0.5,
        )

    def FindSchedules(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, self.schedules)

    def FitWeights(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, self.fitted)

    def _answer(self, request: Any, context: Any, answer: Any) -> Any:
        self.asked.append(request)
        if self.refuses is not None:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, self.refuses)
        return answer


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def client(service: FakeService, tmp_path: Path) -> Iterator[CalibrationClient]:
    address = f"unix:{tmp_path / 's.sock'}"
    server = grpc.server(futures.ThreadPoolExecutor(1))
    add_CalibrationServiceServicer_to_server(service, server)
    server.add_insecure_port(address)
    server.start()
    client = CalibrationClient(address)
    yield client
    client.close()
    server.stop(0).wait()


def test_schedules_are_asked_for_and_read(service: FakeService, client: CalibrationClient) -> None:
    found = client.find_schedules([[1.0, 2.0, 3.0]], RESPONSE, 2, growth=[2.0, 1.5, 1.25, 1.0])
    assert found == (FoundSchedule((0,), 0.5), FoundSchedule((0, 2), 0.25))
    (asked,) = service.asked
    assert (asked.runs[0].size, list(asked.runs[0].products)) == (2, [1.0, 2.0, 3.0])
    assert asked.response.calls == 3
    assert list(asked.response.coefficients) == [0, 0, 0, -1, 0, 0, -1, -2, 0, -1, -2, -3]
    assert (asked.full_calls, list(asked.growth)) == (2, [2.0, 1.5, 1.25, 1.0])


def test_weights_are_asked_for_and_read(service: FakeService, client: CalibrationClient) -> None:
    fitted = client.fit_weights(QUESTION)
    assert fitted.weights == ((1.5,),)
    assert (fitted.history, fitted.ridge) == (1, 0.125)
    assert (fitted.predicted_error, fitted.held_out_error) == (0.25, 0.5)
    (asked,) = service.asked
    assert list(asked.full_calls) == [0, 2]
    # What is not given is left to the sidecar.
    assert (asked.history, asked.HasField("ridge"), list(asked.positions)) == (0, False, [])


def test_what_is_given_is_sent(service: FakeService, client: CalibrationClient) -> None:
    positions = (3.0, 2.0, 1.0)
    client.fit_weights(FitQuestion([[1.0]], RESPONSE, (0, 2), positions, history=2, ridge=0.5))
    (asked,) = service.asked
    assert (asked.history, asked.ridge, tuple(asked.positions)) == (2, 0.5, positions)


def test_repeated_positions_are_left_out(service: FakeService, client: CalibrationClient) -> None:
    client.fit_weights(FitQuestion([[1.0]], RESPONSE, (0, 2), (3.0, 2.0, 2.0)))
    assert list(service.asked[0].positions) == []


def test_an_error_that_is_no_number_is_none(
    service: FakeService, client: CalibrationClient
) -> None:
    service.fitted.held_out_error = float("nan")
    assert client.fit_weights(QUESTION).held_out_error is None


def test_a_refusal_is_the_sidecars_own_words(
    service: FakeService, client: CalibrationClient
) -> None:
    service.refuses = "history must be 1 to 3, got 7"
    with pytest.raises(ForecacheError) as raised:
        client.find_schedules([[1.0]], RESPONSE, 2)
    assert str(raised.value) == "history must be 1 to 3, got 7"


def test_nobody_there_is_no_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = CalibrationClient(f"unix:{tmp_path / 'nobody.sock'}")
    with pytest.raises(NoPlanError, match=r"^sidecar unreachable: "):
        client.fit_weights(QUESTION)
    client.close()


@pytest.mark.parametrize(
    ("full_calls", "rule"),
    [
        ([2, 0], "2 rising call indices below 3, the first 0, got [2, 0]"),
        ([0, 3], "2 rising call indices below 3, the first 0, got [0, 3]"),
        ([0], "2 rising call indices below 3, the first 0, got [0]"),
        ([], "2 rising call indices below 3, the first 0, got []"),
    ],
)
def test_a_schedule_that_is_none_is_no_answer(
    service: FakeService, client: CalibrationClient, full_calls: list[int], rule: str
) -> None:
    service.schedules.schedules[1].full_calls[:] = full_calls
    with pytest.raises(NoPlanError) as raised:
        client.find_schedules([[1.0]], RESPONSE, 2)
    assert str(raised.value) == (
        f"malformed answer of the sidecar: schedules[1].full_calls must be {rule}"
    )


def test_too_few_schedules_are_no_answer(client: CalibrationClient) -> None:
    with pytest.raises(NoPlanError) as raised:
        client.find_schedules([[1.0]], RESPONSE, 3)
    assert str(raised.value) == (
        "malformed answer of the sidecar: schedules must be 3 of them, got 2"
    )


def test_weights_of_another_schedule_are_no_answer(client: CalibrationClient) -> None:
    with pytest.raises(NoPlanError) as raised:
        client.fit_weights(FitQuestion([[1.0]], RESPONSE, (0, 1)))
    assert str(raised.value) == (
        "malformed answer of the sidecar: plan must be of the full calls [0, 1], got [0, 2]"
    )


def test_weights_of_features_that_are_not_there_yet_are_no_answer(
    service: FakeService, client: CalibrationClient
) -> None:
    service.fitted.plan.calls[1].action.weights[:] = [2.0, -1.0]
    with pytest.raises(NoPlanError) as raised:
        client.fit_weights(QUESTION)
    assert str(raised.value) == (
        "malformed answer of the sidecar: plan.calls[1] must be of at most 1 weights, got 2"
    )


def test_numbers_that_are_no_triangle_are_refused(client: CalibrationClient) -> None:
    with pytest.raises(ForecacheError) as raised:
        client.find_schedules([[1.0, 2.0]], RESPONSE, 2)
    assert str(raised.value) == "a triangle must have n (n + 1) / 2 numbers, got 2"


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ForecacheError) as raised:
        CalibrationClient("nowhere")
    assert str(raised.value) == "sidecar must be unix:/path or host:port, got nowhere"
