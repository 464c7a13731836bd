"""Whole calls by plan of every class that has a layout."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from tiny_models import TINY_MODELS
from torch import Tensor, nn

from forecache.plan import (
    FULL,
    Action,
    ActionKind,
    CallPlan,
    Granularity,
    Probe,
    ProbeKind,
    RunSetup,
    SiteAction,
    TokenCache,
)
from forecache_host.call_shape import CallShape, GivenTensor
from forecache_host.dit_network import DitNetwork
from forecache_host.history import SiteHistories
from forecache_host.host_error import HostError
from forecache_host.layout_network import LayoutNetwork
from forecache_host.memory import MemoryBudget
from forecache_host.planned_calls import PlannedCalls
from forecache_host.requests import BeginRun
from forecache_host.run_branch import RunBranch
from forecache_host.tensor_type import TensorType
from forecache_host.ticket import Ticket
from layout_calls import BATCH, LayoutCase, layout_case

REUSE = Action(ActionKind.REUSE)
LINE = Action(ActionKind.FORECAST, (2.0, -1.0))
TIMESTEPS = (700.0, 600.0, 500.0, 500.0)
case_of = cache(layout_case)


class Calls:
    """A run of one branch without a server."""

    def __init__(self, case: LayoutCase, setup: RunSetup) -> None:
        request = BeginRun("test", (), TIMESTEPS, "", setup)
        case.network.assert_setup(setup)
        branch = RunBranch("joint", BATCH, case.conditioning)
        histories = SiteHistories(setup, MemoryBudget(2**30))
        self._case = case
        self._planned = PlannedCalls(case.network, request, branch, histories)

    def run(
        self, call_index: int, action: Action, seed: int = 0, full: str | None = None
    ) -> Tensor:
        """The output of a call; `full`: a site that is computed whatever the action is."""
        exceptions = () if full is None else (SiteAction(full, FULL),)
        plan = CallPlan(call_index, action, exceptions)
        image = self._case.call(seed, 0.0).image
        with torch.inference_mode():
            self._planned.assert_possible(plan)
            _, output = self._planned.run(plan, image, Ticket(), lambda output: output)
        return output


def setup_of(case: LayoutCase, granularity: Granularity, history_size: int = 2) -> RunSetup:
    sites = case.network.description.sites_of(granularity)
    return RunSetup(granularity, sites, history_size)


INSIDE = [Granularity.MODULE, Granularity.BLOCK, Granularity.RESIDUAL, Granularity.HIDDEN]


@pytest.mark.parametrize("class_name", sorted(TINY_MODELS))
class TestEveryClass:
    def test_full_calls_have_the_bits_of_the_model_without_forecache(self, class_name: str) -> None:
        case = case_of(class_name)
        for granularity in INSIDE:
            calls = Calls(case, setup_of(case, granularity))
            for index, seed in ((0, 1), (1, 2)):
                expected = case.plain(case.call(seed, TIMESTEPS[index]))
                assert torch.equal(calls.run(index, FULL, seed), expected)

    @pytest.mark.parametrize("granularity", INSIDE)
    def test_reuse_at_the_same_input_and_timestep_is_the_full_call_to_rounding(
        self, class_name: str, granularity: Granularity
    ) -> None:
        case = case_of(class_name)
        setup = setup_of(case, granularity)
        calls = Calls(case, setup)
        full = calls.run(2, FULL, 5)
        torch.testing.assert_close(calls.run(3, REUSE, 5), full, rtol=2e-4, atol=2e-4)
        other = case.plain(case.call(6, TIMESTEPS[3]))
        assert not torch.allclose(calls.run(3, REUSE, 6), other, rtol=1e-3, atol=1e-3)

    def test_output_is_the_weighted_sum_of_outputs(self, class_name: str) -> None:
        case = case_of(class_name)
        calls = Calls(case, setup_of(case, Granularity.OUTPUT))
        older, newer = calls.run(0, FULL, 1), calls.run(1, FULL, 2)
        torch.testing.assert_close(calls.run(2, LINE), 2 * newer - older)

    def test_a_range_in_the_midst_is_reused_and_the_rest_computed(self, class_name: str) -> None:
        case = case_of(class_name)
        calls = Calls(case, RunSetup(Granularity.RESIDUAL, ("blocks.1-1",), 1))
        full = calls.run(2, FULL, 5)
        torch.testing.assert_close(calls.run(3, REUSE, 5), full, rtol=2e-4, atol=2e-4)
        assert not torch.allclose(calls.run(3, REUSE, 6), calls.run(3, FULL, 6), rtol=1e-3)


def test_the_model_is_as_it_was_after_calls() -> None:
    case = case_of("FluxTransformer2DModel")
    keys = list(case.model.state_dict())
    blocks = case.model.transformer_blocks
    Calls(case, setup_of(case, Granularity.MODULE)).run(0, FULL)
    assert list(case.model.state_dict()) == keys
    assert case.model.transformer_blocks is blocks
    assert not any(module._forward_hooks for module in case.model.modules())


def test_a_description_has_sites_with_costs_in_the_order_of_a_call() -> None:
    description = case_of("FluxTransformer2DModel").network.description
    names = [site.name for site in description.sites]
    assert names[:2] == ["blocks.0.attention", "blocks.0.mlp"]
    assert names[-3:] == ["hidden", "output", "change"]
    assert all(site.flops > 0 for site in description.modules)
    assert not any(site.forwardable for site in description.sites)


def test_a_part_of_the_modules_is_refused() -> None:
    case = case_of("FluxTransformer2DModel")
    calls = Calls(case, setup_of(case, Granularity.MODULE))
    calls.run(0, FULL)
    with pytest.raises(HostError) as refused:
        calls.run(1, REUSE, full="blocks.0.mlp")
    sites = len(case.network.description.modules)
    assert str(refused.value) == (
        f"model FluxTransformer2DModel forecasts all of its {sites} modules in a call or none, "
        f"got {sites - 1} that are not full"
    )
    assert refused.value.code == "unimplemented"


def test_a_range_that_leaves_its_list_of_blocks_is_refused() -> None:
    case = case_of("FluxTransformer2DModel")
    assert case.network.structure is not None
    stage = case.network.structure.places[0].stage
    doubles = sum(place.stage == stage for place in case.network.structure.places)
    with pytest.raises(HostError) as refused:
        Calls(case, RunSetup(Granularity.RESIDUAL, (f"blocks.0-{doubles}",)))
    assert str(refused.value) == (
        "model FluxTransformer2DModel runs whole calls and cannot do a range that leaves its list "
        f"of blocks (blocks.0-{doubles} begins in transformer_blocks and ends in "
        "single_transformer_blocks)"
    )


class Unknown(nn.Module):
    """A class without a layout."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(
        self, hidden_states: Tensor, timestep: Tensor, return_dict: bool = True
    ) -> tuple[Tensor]:
        return (self.scale * hidden_states + timestep[:, None],)


def test_a_class_without_a_layout_is_forecast_at_output_and_change_only() -> None:
    shape = CallShape(GivenTensor("hidden_states", TensorType("float32", (3,))))
    network = LayoutNetwork(Unknown(), "unknown", shape)
    assert [site.name for site in network.description.sites] == ["output", "change"]
    histories = SiteHistories(setup := RunSetup(Granularity.CHANGE, ("change",)), MemoryBudget(99))
    request = BeginRun("test", (), (1.0, 2.0), "", setup)
    planned = PlannedCalls(network, request, RunBranch("joint", 1, {}), histories)
    with torch.inference_mode():
        for index, (image, action, expected) in enumerate([(1.0, FULL, 3.0), (5.0, REUSE, 7.0)]):
            plan = CallPlan(index, action)
            planned.assert_possible(plan)
            given = torch.full((1, 3), image)
            _, output = planned.run(plan, given, Ticket(), lambda output: output)
            # 2 * 1 + 1 is 3, a change of 2; the reused change makes 5 a 7.
            assert output.tolist() == [[expected] * 3]


def test_whole_calls_of_a_dit_are_those_of_its_segments() -> None:
    case = case_of("DiTTransformer2DModel")
    segments = DitNetwork(case.model, "dit")
    setup = setup_of(case, Granularity.MODULE)
    whole = Calls(case, setup)
    request = BeginRun("test", (), TIMESTEPS, "", setup)
    branch = RunBranch("joint", BATCH, {"label": case.conditioning["class_labels"]})
    planned = PlannedCalls(segments, request, branch, SiteHistories(setup, MemoryBudget(2**30)))
    with torch.inference_mode():
        for index, action in enumerate((FULL, FULL, LINE)):
            plan = CallPlan(index, action)
            image = case.call(index, 0.0).image
            _, output = planned.run(plan, image, Ticket(), lambda output: output)
            torch.testing.assert_close(whole.run(index, action, index), output)


def test_what_whole_calls_cannot_do_is_refused_when_the_run_begins() -> None:
    case = case_of("DiTTransformer2DModel")
    tokens = RunSetup(Granularity.MODULE, token_cache=TokenCache(("blocks.0.mlp",), "random"))
    probes = RunSetup(Granularity.OUTPUT, probes=(Probe(ProbeKind.CONDITIONING_CHANGE),))
    for setup, what in ((tokens, "partial tokens"), (probes, "probe conditioning-change")):
        with pytest.raises(HostError) as refused:
            Calls(case, setup)
        message = f"model DiTTransformer2DModel runs whole calls and cannot do {what}"
        assert str(refused.value) == message
