"""Some of the equal parts into which a model chunks a linear layer's output, without the others.

Of a modulation of six parts a forecast reads the two gates: a third of the weights.
"""

from __future__ import annotations

from typing import TypeGuard

from torch import Tensor, nn
from torch.nn import functional


def linear_parts(
    linear: nn.Module, given: Tensor, count: int, wanted: tuple[int, ...]
) -> tuple[Tensor, ...]:
    """`linear(given).chunk(count, dim=-1)[index]` for each wanted index, each `[rows, width]`.

    A layer that is not simply a weight and a bias (LoRA, quantised, offloaded, hooked) computes all
    parts itself.
    """
    if not _is_plain(linear):
        parts = linear(given).chunk(count, dim=-1)
        return tuple(parts[index] for index in wanted)
    weights = linear.weight.chunk(count)
    biases = [None] * count if linear.bias is None else linear.bias.chunk(count)
    return tuple(functional.linear(given, weights[index], biases[index]) for index in wanted)


def _is_plain(linear: nn.Module) -> TypeGuard[nn.Linear]:
    return (
        type(linear) is nn.Linear
        and "forward" not in vars(linear)
        and not linear._forward_hooks
        and not linear._forward_pre_hooks
        and type(linear.weight) is nn.Parameter
    )
