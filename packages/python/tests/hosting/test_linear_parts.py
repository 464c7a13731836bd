"""Parts of a linear layer's output are those of the whole layer, whatever the layer is."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from forecache.hosting.gates.linear_parts import linear_parts


class DoubledLinear(nn.Linear):
    """Stands for LoRA and quantised layers, which compute more than weight and bias say."""

    def forward(self, given: Tensor) -> Tensor:
        return 2 * super().forward(given)


@pytest.mark.parametrize("bias", [True, False])
def test_parts_are_those_of_the_whole_output(bias: bool) -> None:
    linear, given = nn.Linear(8, 24, bias=bias), torch.randn(3, 8)
    parts = linear(given).chunk(6, dim=-1)
    first, last = linear_parts(linear, given, 6, (1, 5))
    torch.testing.assert_close(first, parts[1])
    torch.testing.assert_close(last, parts[5])


def test_a_layer_of_another_class_computes_itself() -> None:
    linear, given = DoubledLinear(8, 24), torch.randn(3, 8)
    (part,) = linear_parts(linear, given, 6, (2,))
    assert torch.equal(part, linear(given).chunk(6, dim=-1)[2])


def test_a_replaced_forward_is_called() -> None:
    """Offloading replaces `forward` on the instance to fetch the weights first."""
    linear, given = nn.Linear(8, 24), torch.randn(3, 8)
    linear.forward = lambda values: values.new_ones(3, 24)  # type: ignore[method-assign]
    assert torch.equal(linear_parts(linear, given, 6, (2,))[0], torch.ones(3, 4))


@pytest.mark.parametrize("register", ["register_forward_hook", "register_forward_pre_hook"])
def test_hooks_of_the_layer_run(register: str) -> None:
    linear, given = nn.Linear(8, 24), torch.randn(3, 8)
    seen: list[str] = []
    getattr(linear, register)(lambda *_: seen.append(register))
    linear_parts(linear, given, 6, (2,))
    assert seen == [register]
