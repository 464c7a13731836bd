"""Where the sites of a transformer class are: the one thing that differs from model to model.

Every transformer that forecache knows adds to one stream of image tokens. With P the head's input
when no block adds anything, b the blocks, and F the outputs of their branches before the gates g,

    head input = P + sum_b sum_F g * F                       (module sites)
               = P + sum_b (block output - block input)      (block and residual sites)

so a call in which every site is forecast needs neither the text stream nor the blocks: only P, the
history and the gates. A layout says how to read F and g; `tests/diffusers/test_layouts.py` holds
both equations to rounding for every class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from forecache.plan import Granularity

IMAGE_TOKENS = "call.image_tokens"
"""Key of a block's arguments: `ModelLayout.image_tokens` of the call, where a layout has it. No
parameter can be called that.
"""

BlockArguments = Mapping[str, Any]
"""The arguments of one block call by parameter name, positional ones too, and `IMAGE_TOKENS`."""


@dataclass(frozen=True)
class Branch:
    """A module of a block whose output is a feature: the paper's granularity.

    kind: attention, cross-attention, mlp or single.
    module: path inside the block, `attn` or `block.ff_i`.
    select: `(the module's output, the block's arguments)` -> its part that belongs to the image
        tokens, `[batch, tokens, width]`.
    """

    kind: str
    module: str
    select: Callable[[Any, BlockArguments], Tensor]


@dataclass(frozen=True)
class Stage:
    """A list of blocks that the transformer runs in order.

    blocks: attribute of the transformer that holds the ModuleList.
    hidden: name of the block's parameter that carries the image tokens.
    encoder: name of the parameter that carries the text tokens, None where the block takes none.
    returns: what of `hidden` and `encoder` a block returns, in order; one name means a bare tensor.
    image: the image tokens of the hidden stream, `(hidden, arguments) -> [batch, tokens, width]`;
        a stage may run on image and text tokens in one.
    branches: the branches of a block, in the order in which the block adds them; by default none,
        for blocks that write their attention out instead of calling a module.
    is_in_place: whether a block changes the streams that it is given, so that they must be copied
        before.
    parameters: names of the block's positional parameters where its forward takes `*args`; None:
        they are read from its signature.
    """

    blocks: str
    returns: tuple[str, ...]
    branches: Callable[[nn.Module], tuple[Branch, ...]] = lambda _block: ()
    hidden: str = "hidden_states"
    encoder: str | None = "encoder_hidden_states"
    image: Callable[[Tensor, BlockArguments], Tensor] = lambda hidden, _arguments: hidden
    is_in_place: bool = False
    parameters: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ModelLayout:
    """The sites of one transformer class.

    head: attribute of the transformer whose module takes the last hidden state of the image tokens
        as its first argument (`norm_out`); its input is the site `hidden`.
    modulation: what the gates of all blocks are made from, for many calls at once:
        `(transformer, call arguments, timesteps [calls]) -> Tensor [calls * batch, ...]`, rows of
        one call together. Timesteps are what the transformer is given in `timestep`: its unit, and
        already as rounded as the pipeline rounds them (bfloat16 latents turn 737.4 into 736).
        None: not offered, gates are then made call by call from what the block is given.
    gates: one entry a branch, in the branches' order: `(block, modulation) -> gates`, each
        `[rows, width]` or None where a branch is not gated.
    block_modulation: the same modulation tensor as a block gets it, from the block's arguments;
        None where blocks have no branches, so that there are no gates either.
    image_tokens: `(transformer, call arguments)` -> how many tokens the head gets, for classes
        whose blocks run on other tokens besides and cannot tell which (HiDream, FramePack). The
        caller puts it among the arguments of every block as `IMAGE_TOKENS`, for `select` and
        `image`. None: not needed.
    timestep: name of the transformer's parameter that carries the timestep.
    input: name of its parameter that carries the latents.
    refusal: `(transformer, call arguments, granularity)` -> why such a call cannot be forecast
        there, or None. Not asked at `output` and `change`, which do not look inside. The reason is
        a noun phrase for people: `ip-adapter (its branch is added without the block's gates)`.
    """

    class_name: str
    stages: tuple[Stage, ...]
    head: str
    gates: Callable[[nn.Module, Tensor], tuple[Tensor | None, ...]] = lambda _block, _modulation: ()
    block_modulation: Callable[[nn.Module, BlockArguments], Tensor] | None = None
    modulation: Callable[[nn.Module, Mapping[str, Any], Tensor], Tensor] | None = None
    image_tokens: Callable[[nn.Module, Mapping[str, Any]], int] | None = None
    timestep: str = "timestep"
    input: str = "hidden_states"
    refusal: Callable[[nn.Module, Mapping[str, Any], Granularity], str | None] = (
        lambda _transformer, _arguments, _granularity: None
    )


def torch_rows(modulation: Tensor, calls: int) -> Tensor:
    """`[calls * batch, ...]` as `[calls, batch, ...]`."""
    return modulation.reshape(calls, modulation.shape[0] // calls, *modulation.shape[1:])


__all__ = ["IMAGE_TOKENS", "BlockArguments", "Branch", "ModelLayout", "Stage", "torch_rows"]
