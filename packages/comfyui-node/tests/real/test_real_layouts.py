"""Every layout against ComfyUI's own class: equations, refusals, forecasts that skip the blocks."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from block_visits import head_without_blocks, record, tokens
from comfy_root import WITHOUT, comfy_root, import_comfy
from layout_case import LayoutCase, OptionMissingError
from layout_cases import CLASSES, CONTROLLED, VARIANTS
from torch import Tensor, nn

from forecache.hosting.inner_sites import InnerSites
from forecache.hosting.layout import ModelLayout
from forecache.hosting.network_sites import Invocation, StoreOptions
from forecache.hosting.site_work import CallJob, Does, SiteWork
from forecache.hosting.structure import Structure
from forecache.plan import Granularity
from forecache_comfyui.layouts import LAYOUTS, find_layout

pytestmark = [
    pytest.mark.skipif(comfy_root() is None, reason=WITHOUT),
    pytest.mark.filterwarnings("ignore"),
]

ROUNDING = 5e-6
"""Relative: roundings of float32 (6e-8) through a dozen branches, sums of them in another order."""

INSIDE = (Granularity.MODULE, Granularity.BLOCK, Granularity.RESIDUAL, Granularity.HIDDEN)

CASES = {**CLASSES, **VARIANTS, **{f"{name}-control": case for name, case in CONTROLLED.items()}}


def parametrize(granularity: Granularity | None = None) -> pytest.MarkDecorator:
    """Over all cases, or those that offer a granularity."""
    cases = {
        name: case
        for name, case in CASES.items()
        if granularity is None or granularity in case.offered
    }
    return pytest.mark.parametrize("case", cases.values(), ids=cases.keys())


@pytest.fixture(autouse=True, scope="module")
def comfy() -> None:
    torch.set_num_threads(1)
    import_comfy()


def built(case: LayoutCase) -> nn.Module:
    if case.network_class() is None:
        pytest.skip(f"this ComfyUI has no {case.path}")
    try:
        return case.build()
    except OptionMissingError as error:
        pytest.skip(str(error))


def structure_of(network: nn.Module) -> Structure:
    layout = find_layout(network)
    assert layout is not None
    return Structure(network, layout)


def relative_error(actual: Tensor, expected: Tensor) -> float:
    """Norm of the difference over the norm of what is expected; NaN fails every comparison."""
    return float((actual.double() - expected.double()).norm() / expected.double().norm())


@parametrize(Granularity.BLOCK)
def test_the_head_gets_p_plus_what_blocks_add(case: LayoutCase) -> None:
    structure = structure_of(built(case))
    seen = record(structure, case.call(), has_gates=False)
    passed = tokens(head_without_blocks(structure, case.call()))
    assert len(seen.residuals) == len(structure.places)
    assert relative_error(passed + torch.stack(seen.residuals).sum(0), tokens(seen.head)) < ROUNDING
    # Without any one block the equation is off by far more than rounding: each of them is needed.
    sizes = [float(residual.norm() / seen.head.norm()) for residual in seen.residuals]
    assert min(sizes) > 100 * ROUNDING


@parametrize(Granularity.MODULE)
def test_the_head_gets_p_plus_gated_features(case: LayoutCase) -> None:
    structure = structure_of(built(case))
    seen = record(structure, case.call(), has_gates=True)
    passed = tokens(head_without_blocks(structure, case.call()))
    assert len(seen.terms) == structure.sites
    assert relative_error(passed + torch.stack(seen.terms).sum(0), tokens(seen.head)) < ROUNDING
    assert min(float(term.norm() / seen.head.norm()) for term in seen.terms) > 100 * ROUNDING


@parametrize()
def test_blocks_that_change_their_streams_are_known(case: LayoutCase) -> None:
    structure = structure_of(built(case))
    seen = record(structure, case.call(), has_gates=False)
    in_place = {stage.blocks for stage in structure.layout.stages if stage.is_in_place}
    assert seen.changed <= in_place


@parametrize()
def test_only_what_is_offered_is_not_refused(case: LayoutCase) -> None:
    network = built(case)
    structure = structure_of(network)
    refuse = structure.layout.refusal
    allowed = {where for where in INSIDE if refuse(network, case.call(), where) is None}
    if structure.sites == 0:
        allowed.discard(Granularity.MODULE)
    assert allowed == set(case.offered)


OFFERED = [
    pytest.param(case, granularity, id=f"{name}-{granularity.value}")
    for name, case in CASES.items()
    for granularity in case.offered
]


@pytest.mark.parametrize(("case", "granularity"), OFFERED)
def test_a_forecast_with_weight_one_repeats_the_call(
    case: LayoutCase, granularity: Granularity
) -> None:
    sites = InnerSites(structure_of(built(case)), granularity)
    stores = sites.stores(StoreOptions(2, None, "device"))

    def run(index: int, does: Does, weights: tuple[float, ...] = ()) -> tuple[Tensor, Counter[str]]:
        job = CallJob(index, case.call(), stores)
        work = dict.fromkeys(sites.groups, SiteWork(does, weights))
        counted: Counter[str] = Counter()
        hooks = [
            place.block.register_forward_hook(lambda *_: counted.update(["block"]))
            for place in sites.structure.places
        ]
        with torch.no_grad():
            output = sites.run(Invocation(sites.structure.transformer, (), case.call()), job, work)
        for hook in hooks:
            hook.remove()
        assert job.trouble is None
        return output, counted

    plain = sites.structure.transformer
    with torch.no_grad():
        expected = plain(**case.call())
    full, computed = run(0, Does.STORE)
    forecast, skipped = run(1, Does.FORECAST, (1.0,))
    # A recorder must not change the picture.
    assert torch.equal(full, expected)
    assert computed["block"] >= len(sites.structure.places)
    assert skipped["block"] == 0
    if granularity is Granularity.HIDDEN:
        assert torch.equal(forecast, full)
    assert relative_error(forecast, full) < ROUNDING


@parametrize(Granularity.BLOCK)
def test_a_forecast_for_another_call_differs_from_it(case: LayoutCase) -> None:
    # What is recorded must not be what is compared with: with other latents P is another, too.
    sites = InnerSites(structure_of(built(case)), Granularity.BLOCK)
    stores = sites.stores(StoreOptions(2, None, "device"))
    other = case.call()
    other["x"] = other["x"].flip(-1)
    outputs = []
    with torch.no_grad():
        for index, does in enumerate((Does.STORE, Does.FORECAST)):
            inputs = case.call() if index == 0 else other
            weights = () if does is Does.STORE else (1.0,)
            work = dict.fromkeys(sites.groups, SiteWork(does, weights))
            call = Invocation(sites.structure.transformer, (), inputs)
            outputs.append(sites.run(call, CallJob(index, inputs, stores), work))
    assert relative_error(outputs[1], outputs[0]) > 0.01


@pytest.mark.parametrize("case", CLASSES.values(), ids=CLASSES.keys())
def test_calls_with_patches_between_blocks_are_refused_but_at_hidden(case: LayoutCase) -> None:
    network = built(case)
    layout: ModelLayout = structure_of(network).layout
    inputs = case.call() | {
        "transformer_options": {"patches_replace": {"dit": {("double_block", 0): None}}}
    }
    refused = {where for where in INSIDE if layout.refusal(network, inputs, where) is not None}
    assert refused == set(INSIDE) - {Granularity.HIDDEN}


def test_every_layout_is_tried() -> None:
    tried = {case.path.split(":")[1] for case in CLASSES.values()}
    assert tried == set(LAYOUTS)
