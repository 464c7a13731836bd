"""Every layout against its model, with plain PyTorch hooks: equations, gates, counts, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from recorded_call import RecordedBlock, RecordedCall, head_without_blocks, record_call
from tiny_image_models import FLUX, STABLE_DIFFUSION_3
from tiny_model import TinyModel
from tiny_models import TINY_MODELS
from tiny_variants import CONTROLLED, ONE_ROW, TOKENWISE, VARIANTS
from torch import Tensor, nn

from forecache.diffusers.layouts import LAYOUTS, find_layout
from forecache.hosting.layout import ModelLayout, torch_rows
from forecache.plan import Granularity

ROUNDING = 2e-6
"""Relative: a few roundings of float32 (6e-8) through a dozen branches."""

BFLOAT16_ROUNDING = 2**-6
"""Relative: bfloat16 keeps 8 bits, and a batched pass may round differently from a single one."""

LOOKED_INTO = (Granularity.MODULE, Granularity.BLOCK, Granularity.RESIDUAL, Granularity.HIDDEN)

MODELS = {**TINY_MODELS, **VARIANTS}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())


def layout_of(transformer: nn.Module) -> ModelLayout:
    layout = find_layout(transformer)
    assert layout is not None
    return layout


def relative_error(actual: Tensor, expected: Tensor) -> float:
    """Norm of the difference over the norm of what is expected; NaN fails every comparison."""
    return float((actual.double() - expected.double()).norm() / expected.double().norm())


def branch_terms(block: RecordedBlock) -> list[Tensor]:
    """What each branch of a block adds: gate times feature."""
    return [
        feature if gate is None else gate[:, None] * feature
        for feature, gate in zip(block.features, block.gates, strict=True)
    ]


def sum_of_residuals(call: RecordedCall) -> Tensor:
    residuals = [block.residual for block in call.blocks if block.residual is not None]
    assert len(residuals) == len(call.blocks)
    return torch.stack(residuals).sum(0)


@every_model
def test_the_head_gets_p_plus_gated_features(model: TinyModel) -> None:
    transformer, inputs = model.build(), model.inputs()
    layout = layout_of(transformer)
    call = record_call(transformer, layout, model.inputs())
    terms = [term for block in call.blocks for term in branch_terms(block)]
    passed = head_without_blocks(transformer, layout, inputs)
    assert relative_error(passed + torch.stack(terms).sum(0), call.head) < ROUNDING
    # Without any one branch the equation is off by far more than rounding: each of them is needed.
    assert min(float(term.norm() / call.head.norm()) for term in terms) > 1000 * ROUNDING


@every_model
def test_the_head_gets_p_plus_block_residuals(model: TinyModel) -> None:
    transformer = model.build()
    layout = layout_of(transformer)
    call = record_call(transformer, layout, model.inputs())
    passed = head_without_blocks(transformer, layout, model.inputs())
    assert relative_error(passed + sum_of_residuals(call), call.head) < ROUNDING
    assert relative_error(passed, call.head) > 0.1


@pytest.mark.parametrize("model", ONE_ROW.values(), ids=ONE_ROW.keys())
def test_both_equations_hold_for_a_batch_of_one(model: TinyModel) -> None:
    transformer = model.build()
    layout = layout_of(transformer)
    call = record_call(transformer, layout, model.inputs(batch=1))
    passed = head_without_blocks(transformer, layout, model.inputs(batch=1))
    terms = torch.stack([term for block in call.blocks for term in branch_terms(block)])
    assert relative_error(passed + terms.sum(0), call.head) < ROUNDING
    assert relative_error(passed + sum_of_residuals(call), call.head) < ROUNDING


@pytest.mark.parametrize("model", CONTROLLED.values(), ids=CONTROLLED.keys())
def test_controlnet_residuals_are_in_p(model: TinyModel) -> None:
    transformer = model.build()
    layout = layout_of(transformer)
    plain = TINY_MODELS[model.class_name].inputs()
    passed = head_without_blocks(transformer, layout, model.inputs())
    assert relative_error(passed, head_without_blocks(transformer, layout, plain)) > 0.1


@every_model
def test_the_layout_finds_every_branch_once(model: TinyModel) -> None:
    transformer = model.build()
    call = record_call(transformer, layout_of(transformer), model.inputs())
    assert sum(len(block.features) for block in call.blocks) == model.branches
    assert sum(len(block.gates) for block in call.blocks) == model.branches


@every_model
def test_gates_are_one_row_a_sample_and_as_wide_as_the_features(model: TinyModel) -> None:
    transformer = model.build()
    call = record_call(transformer, layout_of(transformer), model.inputs())
    for block in call.blocks:
        for feature, gate in zip(block.features, block.gates, strict=True):
            assert feature.shape == call.head.shape
            assert gate is None or gate.shape == (2, call.head.shape[-1])


def timesteps_of(model: TinyModel) -> list[float]:
    return [model.timestep * 1.5, model.timestep, model.timestep * 0.25]


def largest_gate_error(model: TinyModel, transformer: nn.Module, dtype: torch.dtype) -> float:
    """Gates of three calls made in one pass against those that the blocks make call by call."""
    layout = layout_of(transformer)
    assert layout.modulation is not None
    inputs = [in_dtype(model.inputs(0, timestep), dtype) for timestep in timesteps_of(model)]
    with torch.no_grad():
        together = layout.modulation(transformer, inputs[0], torch.tensor(timesteps_of(model)))
        rows = torch_rows(together, 3)
        errors = []
        for index, given in enumerate(inputs):
            for block in record_call(transformer, layout, given).blocks:
                made = layout.gates(block.block, rows[index])
                pairs = zip(made, block.gates, strict=True)
                errors += [
                    relative_error(a, b) for a, b in pairs if a is not None and b is not None
                ]
    return max(errors)


def in_dtype(inputs: dict[str, object], dtype: torch.dtype) -> dict[str, object]:
    """A call's floating point tensors in another type, as a pipeline in that type passes them."""
    return {
        name: value.to(dtype)
        if isinstance(value, Tensor) and value.is_floating_point() and not name.endswith("_ids")
        else value
        for name, value in inputs.items()
    }


@every_model
def test_gates_of_many_calls_in_one_pass_are_those_of_each_call(model: TinyModel) -> None:
    assert largest_gate_error(model, model.build(), torch.float32) < ROUNDING


@pytest.mark.parametrize("model", TINY_MODELS.values(), ids=TINY_MODELS.keys())
def test_gates_of_many_calls_follow_the_models_bfloat16(model: TinyModel) -> None:
    transformer = model.build().to(torch.bfloat16)
    assert largest_gate_error(model, transformer, torch.bfloat16) < BFLOAT16_ROUNDING


@pytest.mark.parametrize(("model", "reason"), TOKENWISE.values(), ids=TOKENWISE.keys())
def test_gates_that_differ_by_token_are_refused_at_module_alone(
    model: TinyModel, reason: str
) -> None:
    transformer, inputs = model.build(), model.inputs()
    refusals = [layout_of(transformer).refusal(transformer, inputs, where) for where in LOOKED_INTO]
    assert refusals == [reason, None, None, None]


@pytest.mark.parametrize("model", [model for model, _ in TOKENWISE.values()], ids=TOKENWISE.keys())
def test_block_residuals_need_no_gates(model: TinyModel) -> None:
    transformer = model.build()
    # The recorder asks for gates, which these calls do not have in one row a sample.
    layout = replace(layout_of(transformer), gates=lambda _block, _modulation: ())
    call = record_call(transformer, layout, model.inputs())
    passed = head_without_blocks(transformer, layout, model.inputs())
    assert relative_error(passed + sum_of_residuals(call), call.head) < ROUNDING


def test_an_ip_adapter_is_refused_at_module_alone() -> None:
    transformer = FLUX.build()
    inputs = FLUX.inputs() | {"joint_attention_kwargs": {"ip_adapter_image_embeds": []}}
    refusals = [layout_of(transformer).refusal(transformer, inputs, where) for where in LOOKED_INTO]
    assert refusals == ["ip-adapter (its branch is added without the block's gates)", *[None] * 3]


def test_skipped_layers_are_refused_wherever_blocks_count() -> None:
    transformer = STABLE_DIFFUSION_3.build()
    inputs = STABLE_DIFFUSION_3.inputs() | {"skip_layers": [1]}
    refusals = {layout_of(transformer).refusal(transformer, inputs, where) for where in LOOKED_INTO}
    assert refusals == {"skip_layers (the call runs fewer blocks than the others)"}


def test_forward_chunking_is_refused_at_module_alone() -> None:
    transformer: Any = STABLE_DIFFUSION_3.build()
    transformer.enable_forward_chunking(chunk_size=8, dim=1)
    inputs = STABLE_DIFFUSION_3.inputs()
    refusals = [layout_of(transformer).refusal(transformer, inputs, where) for where in LOOKED_INTO]
    assert refusals == ["forward chunking (an mlp's output comes in pieces)", *[None] * 3]


@every_model
def test_a_call_with_one_gate_a_sample_is_refused_nowhere(model: TinyModel) -> None:
    transformer = model.build()
    refuse = layout_of(transformer).refusal
    assert [refuse(transformer, model.inputs(), where) for where in LOOKED_INTO] == [None] * 4


def test_every_layout_has_a_tiny_model() -> None:
    assert set(LAYOUTS) == set(TINY_MODELS)


@pytest.mark.parametrize("model", TINY_MODELS.values(), ids=TINY_MODELS.keys())
def test_a_subclass_has_its_parents_layout(model: TinyModel) -> None:
    parent = type(model.build())
    child = type("Finetuned", (parent,), {})
    assert find_layout(child(**model.config)) is LAYOUTS[model.class_name]


def test_an_unknown_class_has_no_layout() -> None:
    assert find_layout(nn.Linear(2, 2)) is None
