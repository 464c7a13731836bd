"""What a transformer with a layout is made of, read from one call of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from forecache.errors import ForecacheError
from forecache.hosting.block_shims import visited
from forecache.hosting.structure import BlockPlace, Structure
from forecache_host.call_shape import CallShape
from forecache_host.sites import ModelDescription, Site
from forecache_host.tensor_type import TensorType, type_of


class HeadWatch:
    """A visitor that computes everything and remembers the type of the head's input, per sample."""

    def __init__(self) -> None:
        self.hidden: TensorType | None = None

    def block(self, place: BlockPlace, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        return place.block(*args, **kwargs)

    def head(self, head: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        self.hidden = per_sample(args[0])
        return head(*args, **kwargs)


def describe_layout(
    name: str, structure: Structure, shape: CallShape, arguments: Mapping[str, Any]
) -> ModelDescription:
    """Calls the transformer once with `arguments` of one sample.

    Its modules cannot be forwarded one by one: whole calls are what this network offers.
    """
    model = structure.transformer
    watch = HeadWatch()
    counter = FlopCounterMode(display=False)
    # The kernel that is made of matrix products, which is the one that can be counted everywhere.
    countable = sdpa_kernel(SDPBackend.MATH)
    with torch.inference_mode(), visited(structure, watch), countable, counter:
        output = model(**arguments, return_dict=False)[0]
    if watch.hidden is None:
        raise ForecacheError(f"{type(model).__name__} must call its head, got none")
    flops = _site_flops(counter, structure)
    modules = [
        Site(site.name, site.kind, watch.hidden, watch.hidden, site.block, cost)
        for site, cost in zip(structure.shape().sites, flops, strict=True)
    ]
    result = per_sample(output)
    ends = [Site("hidden", "hidden", watch.hidden), Site("output", "output", result)]
    return describe_ends(name, shape, result, (*modules, *ends))


def describe_ends(
    name: str, shape: CallShape, output: TensorType, sites: tuple[Site, ...]
) -> ModelDescription:
    """A description with these sites, and `change` where input and output are of one type."""
    if output == shape.input.type:
        sites = (*sites, Site("change", "change", output))
    conditioning = tuple((each.name, each.type) for each in shape.tensors)
    return ModelDescription(name, sites, shape.input.type, output, conditioning)


def per_sample(tensor: Tensor) -> TensorType:
    """The type of a batch without its batch dimension."""
    tensor_type = type_of(tensor)
    return TensorType(tensor_type.dtype, tensor_type.shape[1:])


def _site_flops(counter: FlopCounterMode, structure: Structure) -> list[int]:
    """What each module costs a sample. A `single` stands for all of its block."""
    counts = counter.get_flop_counts()
    name = type(structure.transformer).__name__
    costs = []
    for place in structure.places:
        first = next(each.index for each in structure.places if each.stage == place.stage)
        block = f"{name}.{place.stage.blocks}.{place.index - first}"
        for branch in place.branches:
            module = block if branch.kind == "single" else f"{block}.{branch.module}"
            costs.append(sum(counts.get(module, {}).values()))
    return costs
