from __future__ import annotations

import pytest
import torch
from conftest import network_inputs
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from forecache_demo_model.dit import CONFIGS, DiT, patchify, unpatchify
from forecache_demo_model.flops import segment_flops
from forecache_demo_model.sampling import cycling_labels, sample


def test_segments_compose_to_forward(tiny: DiT) -> None:
    x, t, y = network_inputs(3)
    run = tiny.segments()
    hidden, conditioning = run["embed"](x, t, y)
    rows = run["modulation"](conditioning)
    for block in range(2):
        for first, kind in ((6 * block, "attention"), (6 * block + 3, "mlp")):
            shift, scale, gate = rows[:, first], rows[:, first + 1], rows[:, first + 2]
            hidden = hidden + gate[:, None] * run[f"{kind}-{block:02}"](hidden, shift, scale)
    assert torch.equal(run["head"](hidden, rows[:, -2], rows[:, -1]), tiny(x, t, y))


def test_segments_are_named_in_call_order(tiny: DiT) -> None:
    assert list(tiny.segments()) == [
        "embed",
        "modulation",
        "attention-00",
        "mlp-00",
        "attention-01",
        "mlp-01",
        "head",
    ]


def test_unpatchify_inverts_patchify() -> None:
    x, _, _ = network_inputs(2)
    config = CONFIGS["demo"]
    assert torch.equal(unpatchify(patchify(x, config), config), x)


def test_patchify_orders_tokens_by_row() -> None:
    x = torch.arange(28 * 28).reshape(1, 1, 28, 28)
    patches = patchify(x, CONFIGS["demo"])
    # Token 1 starts at column 4 of row 0; token 7 at column 0 of row 4, pixel 4 * 28.
    assert patches[0, 1, 0] == 4
    assert patches[0, 7, 0] == 112


@pytest.mark.parametrize("name", ["tiny", "demo"])
def test_flops_are_those_that_torch_counts(name: str) -> None:
    config = CONFIGS[name]
    expected = segment_flops(config)
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        DiT(config)(*network_inputs(1))
    blocks = config.depth * (expected["attention"] + expected["mlp"])
    others = expected["embed"] + expected["modulation"] + expected["head"]
    assert counter.get_total_flops() == blocks + others


def test_samples_are_finite(tiny: DiT) -> None:
    noise, _, _ = network_inputs(4)
    assert sample(tiny, noise, cycling_labels(4), guidance=2.0, steps=3).isfinite().all()


def test_sampling_follows_the_velocity() -> None:
    noise = torch.ones(1, 1, 28, 28)
    label = torch.tensor([4])

    def velocity(x: torch.Tensor, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        # 3 for the class, 1 for the null class.
        return torch.where(y == 4, 3.0, 1.0)[:, None, None, None].expand_as(x)

    # Guided velocity 1 + 2 (3 - 1) = 5, constant, so x = 1 - 5 whatever the steps.
    drawn = sample(velocity, noise, label, guidance=2.0, steps=8)
    assert torch.equal(drawn, torch.full_like(noise, -4.0))
