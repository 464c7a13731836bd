"""What the probes of one branch remember."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass
class ProbeMemory:
    """Tensors of earlier calls that later ones are compared with; copies, never the model's own.

    feature: of the watched site, at the newest computed call.
    input: the network's input at the call before. late: what was measured inside the network, at
        the call before or at the newest computed one, as its probe says. computed_input, output:
        of the newest computed call.
    """

    input: Tensor | None = None
    late: Tensor | None = None
    computed_input: Tensor | None = None
    output: Tensor | None = None
    feature: Tensor | None = None


def is_comparable(now: Tensor, then: Tensor | None) -> bool:
    """Whether there is something to compare with; tensors of another shape belong to another
    picture.
    """
    return then is not None and then.shape == now.shape
