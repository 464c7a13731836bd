"""Which evaluations a sampler makes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from forecache_comfyui.sampler_schedule import (
    ONE_A_STEP,
    SEVERAL_A_STEP,
    SamplerSchedule,
    sampler_name,
)

SIGMAS = (1.0, 0.9, 0.7, 0.4, 0.0)


def sample_euler() -> None:
    """Stands for ComfyUI's function."""


def dpm_fast_function() -> None:
    """Stands for ComfyUI's function, which is named otherwise."""


class Custom:
    """A sampler without a function."""


def test_names_are_those_of_the_user_interface() -> None:
    assert sampler_name(SimpleNamespace(sampler_function=sample_euler)) == "euler"
    assert sampler_name(SimpleNamespace(sampler_function=dpm_fast_function)) == "dpm_fast"
    assert sampler_name(Custom()) == "Custom"


def test_no_sampler_is_on_both_lists() -> None:
    assert set(ONE_A_STEP) & set(SEVERAL_A_STEP) == set()


def test_calls_are_all_sigmas_but_the_last() -> None:
    assert SamplerSchedule("euler", SIGMAS).calls == 4
    assert SamplerSchedule("euler", (0.5,)).calls == 0
    assert SamplerSchedule("euler", ()).calls == 0


def test_refusals() -> None:
    assert SamplerSchedule("euler", SIGMAS).refusal is None
    assert SamplerSchedule("anybody", SIGMAS).refusal is None
    assert SamplerSchedule("euler", SIGMAS[:4]).refusal == ("3 evaluations are too few: at least 4")
    assert SamplerSchedule("heun", SIGMAS).refusal == (
        "the sampler heun evaluates the model several times a step"
    )


def test_an_evaluation_may_be_off_by_a_thousandth() -> None:
    schedule = SamplerSchedule("er_sde", SIGMAS)
    assert schedule.differs_at(0, 0.99997) is None
    assert schedule.differs_at(1, 0.95) == (
        "the sampler er_sde evaluates at sigma 0.95, the schedule has 0.9"
    )
    assert schedule.differs_at(4, 0.0) == (
        "the sampler er_sde makes more evaluations than its schedule has"
    )


def test_sigmas_that_are_closer_than_a_thousandth_are_told_apart() -> None:
    close = SamplerSchedule("euler", (1.0, 0.9998, 0.9996, 0.9994, 0.0))
    assert close.differs_at(1, 0.9998) is None
    assert close.differs_at(1, 0.9996) is not None


def test_not_a_number_is_no_sigma_of_the_schedule() -> None:
    assert SamplerSchedule("euler", SIGMAS).differs_at(0, float("nan")) is not None


@pytest.mark.parametrize(
    ("sigmas", "falls"), [(SIGMAS, True), ((1.0, 0.7, 0.7, 0.2, 0.0), False), ((1.0, 0.0), True)]
)
def test_only_falling_sigmas_are_positions(sigmas: tuple[float, ...], falls: bool) -> None:
    assert SamplerSchedule("euler", sigmas).is_falling is falls
