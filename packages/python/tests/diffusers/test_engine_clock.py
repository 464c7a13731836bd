"""Which call of which branch of which schedule a call is."""

from __future__ import annotations

from typing import Any

import diffusers
import pytest
import torch

from forecache import NoPlanError
from forecache.diffusers.branch_names import BranchNames
from forecache.diffusers.call_clock import RoundClock, SchedulerClock, TimestepClock
from forecache.diffusers.schedule import SCALES, read_schedule

ROUNDING = 1e-5


def flow_match(steps: int) -> Any:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(steps)
    return scheduler


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_schedule_knows_the_unit_of_the_timestep(scale: Any, dtype: torch.dtype) -> None:
    scheduler = flow_match(7)
    scheduler.set_begin_index(2)
    given = scale(scheduler.timesteps[2].to(dtype)).expand(2)
    schedule = read_schedule(scheduler, given)
    assert (schedule.first, schedule.calls, schedule.steps) == (2, 5, 5)
    assert schedule.scale is scale
    assert schedule.timesteps == tuple(scheduler.timesteps[2:].tolist())
    assert len(schedule.sigmas) == 5


def test_without_an_index_the_timestep_says_where_a_schedule_begins() -> None:
    scheduler = diffusers.DDIMScheduler()
    scheduler.set_timesteps(10)
    schedule = read_schedule(scheduler, scheduler.timesteps[4].expand(2))
    assert (schedule.first, schedule.calls) == (4, 6)
    with pytest.raises(NoPlanError) as caught:
        read_schedule(scheduler, torch.tensor(123.25))
    assert caught.value.reason == "the first call's timestep is not one of the scheduler's"


def test_repeated_timesteps_need_a_step_index() -> None:
    scheduler = diffusers.DDIMScheduler()
    scheduler.set_timesteps(4)
    scheduler.timesteps = scheduler.timesteps.repeat_interleave(2)
    with pytest.raises(NoPlanError) as caught:
        read_schedule(scheduler, scheduler.timesteps[0])
    assert caught.value.reason == "the scheduler repeats timesteps and has no step index"


def test_a_scheduler_clock_follows_the_steps() -> None:
    scheduler = flow_match(5)
    scheduler.set_begin_index(1)
    clock = SchedulerClock(scheduler, 1)
    assert [clock.index("cond", None), clock.index("uncond", None)] == [0, 0]
    scheduler.step(torch.zeros(1), scheduler.timesteps[1], torch.zeros(1))
    assert clock.index("cond", None) == 1


def test_a_round_clock_counts_when_a_branch_comes_again() -> None:
    clock = RoundClock()
    calls = ["cond", "uncond", "cond", "cond", "cond", "uncond"]
    assert [clock.index(branch, None) for branch in calls] == [0, 0, 1, 2, 3, 3]


def test_a_timestep_clock_turns_back_with_the_time() -> None:
    clock = TimestepClock()
    times = [torch.tensor(value) for value in (0.0, 0.5, 0.5, 1.0)]
    branches = ("cond", "cond", "uncond", "cond")
    assert [clock.index(*each) for each in zip(branches, times, strict=True)] == [0, 1, 1, 2]
    assert clock.is_over(torch.tensor(0.75))
    assert not clock.is_over(torch.tensor(1.5))
    assert clock.peek("cond", torch.tensor(1.5)) == 3
    assert clock.peek("cond", times[3]) == 3
    assert clock.peek("uncond", times[3]) == 2


def test_a_timestep_written_into_the_same_tensor_is_read_again() -> None:
    clock = TimestepClock()
    time = torch.tensor(1.0)
    assert clock.index("cond", time) == 0
    time.fill_(0.5)
    assert clock.index("cond", time) == 1


def test_branches_are_told_apart_by_context_then_by_conditioning() -> None:
    names = BranchNames()
    assert names.name("cond", {}) == "cond"
    assert names.name("uncond", {}) == "uncond"
    assert names.name("cond_uncond", {}) == "joint"
    assert names.name("pag", {}) == "branch-1"
    assert names.name("pag", {}) == "branch-1"

    names = BranchNames()
    one, other = torch.ones(2), torch.zeros(2)
    assert names.name(None, {"encoder_hidden_states": one}) == "joint"
    assert names.name(None, {"encoder_hidden_states": other}) == "branch-1"
    assert names.name(None, {"encoder_hidden_states": one}) == "joint"
    # Made anew in every call: the same numbers are the same branch.
    assert names.name(None, {"encoder_hidden_states": torch.zeros(2)}) == "branch-1"
    assert names.repeated("joint", 1) == "branch-2"
    assert names.repeated("joint", 1) == "branch-2"


def test_a_run_has_at_most_eight_branches() -> None:
    names = BranchNames()
    for number in range(6):
        names.name(None, {"class_labels": torch.tensor([number])})
    with pytest.raises(NoPlanError) as caught:
        names.name(None, {"class_labels": torch.tensor([9])})
    assert caught.value.reason == "a run has at most 8 branches"
