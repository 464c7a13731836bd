"""DiTTransformer2DModel in segments: the bits of the model, and what its attention measures."""

from __future__ import annotations

import pytest
import torch
from diffusers import DiTTransformer2DModel
from torch import Tensor

from forecache_host.dit_network import DitCall, DitNetwork
from forecache_host.host_error import HostError
from forecache_host.network import CallInput
from forecache_host.tiny_dit import tiny_dit

LABELS = torch.tensor([3, 10])


def image(dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(4)).to(dtype)


def begun(dtype: torch.dtype = torch.float32) -> tuple[DiTTransformer2DModel, DitCall]:
    model = tiny_dit(dtype)
    call = CallInput(image(dtype), 321.0, {"label": LABELS})
    return model, DitNetwork(model, "tiny").begin(call)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@torch.inference_mode()
def test_segments_composed_give_the_bits_of_the_model(dtype: torch.dtype) -> None:
    model, call = begun(dtype)
    hidden = call.embedded
    for block in range(3):
        for kind in ("attention", "mlp"):
            site = f"blocks.{block}.{kind}"
            hidden = hidden + call.gate(site) * call.branch(site, hidden, None)
    timestep = torch.full((2,), 321.0)
    expected = model(image(dtype), timestep, LABELS, return_dict=False)[0]
    assert torch.equal(call.head(hidden), expected)


@torch.inference_mode()
def test_gates_are_rows_of_the_modulation() -> None:
    _, call = begun()
    rows = call.modulation()
    assert rows.shape == (2, 3 * 6 + 2, 32)
    assert torch.equal(call.gate("blocks.1.attention"), rows[:, 8:9])
    assert torch.equal(call.gate("blocks.2.mlp"), rows[:, 17:18])


@pytest.mark.parametrize("kind", ["attention", "mlp"])
@torch.inference_mode()
def test_chosen_rows_are_rows_of_the_whole_branch(kind: str) -> None:
    _, call = begun()
    chosen = torch.tensor([[0, 5, 15], [2, 3, 4]])
    whole = call.branch(f"blocks.1.{kind}", call.embedded, None)
    rows = call.branch(f"blocks.1.{kind}", call.embedded, chosen)
    for sample in range(2):
        torch.testing.assert_close(rows[sample], whole[sample, chosen[sample]])


@torch.inference_mode()
def test_influence_is_the_mean_attention_that_a_token_receives() -> None:
    model, call = begun()
    measured = call.token_measure("blocks.0.attention", call.embedded, "influence")
    attention = model.transformer_blocks[0].attn1
    tokens = call.modulated_input()
    query = attention.head_to_batch_dim(attention.to_q(tokens))
    key = attention.head_to_batch_dim(attention.to_k(tokens))
    weights = attention.get_attention_scores(query, key).reshape(2, 2, 16, 16)
    torch.testing.assert_close(measured, weights.mean(dim=(1, 2)))
    torch.testing.assert_close(measured.sum(dim=1), torch.ones(2))


@torch.inference_mode()
def test_value_norm_is_the_mean_norm_over_heads() -> None:
    model, call = begun()
    measured = call.token_measure("blocks.0.attention", call.embedded, "value-norm")
    value = model.transformer_blocks[0].attn1.to_v(call.modulated_input())
    expected = (value[0, 7, :16].norm() + value[0, 7, 16:].norm()) / 2
    torch.testing.assert_close(measured[0, 7], expected)


def test_labels_out_of_range_are_refused_by_sample() -> None:
    network = DitNetwork(tiny_dit(), "tiny")
    network.assert_conditioning("branches[0].tensors", {"label": torch.tensor([0, 10])})
    with pytest.raises(HostError) as refused:
        network.assert_conditioning("branches[0].tensors", {"label": torch.tensor([0, 11])})
    message = "branches[0].tensors[0].tensor[1] must be a label in 0..10, got 11"
    assert str(refused.value) == message


def test_a_model_that_predicts_a_variance_has_no_change() -> None:
    model = DiTTransformer2DModel(
        num_attention_heads=1,
        attention_head_dim=8,
        in_channels=2,
        out_channels=4,
        num_layers=1,
        sample_size=4,
        num_embeds_ada_norm=2,
    )
    description = DitNetwork(model, "two").description
    assert description.sites[-1].name == "output"
    assert description.output.shape == (4, 4, 4)
