"""Pauses after failures."""

from __future__ import annotations

import pytest

from forecache.client.breaker import CircuitBreaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fail_when_allowed(breaker: CircuitBreaker, clock: Clock) -> float:
    """The pause after one more failure."""
    breaker.failed("gone")
    start = clock.now
    while breaker.refusal() is not None:
        clock.now += 0.5
    return clock.now - start


def test_a_breaker_without_failures_refuses_nothing(clock):
    assert CircuitBreaker(clock).refusal() is None


def test_pauses_double_from_one_second_to_sixty(clock):
    breaker = CircuitBreaker(clock)
    pauses = [fail_when_allowed(breaker, clock) for _ in range(9)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_refusal_says_why_and_how_long(clock):
    breaker = CircuitBreaker(clock)
    breaker.failed("gone")
    clock.now += 0.25
    assert breaker.refusal() == "gone (asked again in 0.8 s)"


def test_a_success_starts_over(clock):
    breaker = CircuitBreaker(clock)
    for _ in range(5):
        fail_when_allowed(breaker, clock)
    breaker.succeeded()
    assert breaker.refusal() is None
    assert fail_when_allowed(breaker, clock) == 1


def test_failures_inside_one_pause_count_once(clock):
    breaker = CircuitBreaker(clock)
    breaker.failed("gone")
    breaker.failed("gone")
    assert fail_when_allowed(breaker, clock) == 1
