"""What a DiTTransformer2DModel is made of, and what each part costs."""

from __future__ import annotations

from diffusers import DiTTransformer2DModel

from forecache_host.dit_modulation import ROWS_PER_BLOCK
from forecache_host.sites import ModelDescription, Site
from forecache_host.tensor_type import TORCH_DTYPES, TensorType

TIMESTEP_FREQUENCIES = 256
"""Sinusoids from which this class embeds a timestep."""


def describe_dit(model: DiTTransformer2DModel, name: str) -> ModelDescription:
    """Sites in the order of a call, in the model's own dtype.

    `change` is only there where output and input have one shape: not in models that also predict a
    variance.
    """
    config = model.config
    word = next(word for word, dtype in TORCH_DTYPES.items() if dtype == model.dtype)
    side = config.sample_size
    blocks, width = config.num_layers, model.inner_dim
    image = TensorType(word, (config.in_channels, side, side))
    output = TensorType(word, (model.out_channels, side, side))
    hidden = TensorType(word, ((side // config.patch_size) ** 2, width))
    rows = TensorType(word, (blocks * ROWS_PER_BLOCK + 2, width))
    cost = _flops(model, hidden.shape[0])

    def forwarded(site: str, kind: str, **types: TensorType) -> Site:
        block = int(site.split(".")[1]) if "." in site else 0
        return Site(site, kind, block=block, flops=cost[kind], forwardable=True, **types)

    branches = [
        forwarded(f"blocks.{block}.{kind}", kind, input=hidden, output=hidden)
        for block in range(blocks)
        for kind in ("attention", "mlp")
    ]
    ends = [Site("output", "output", output)]
    if output == image:
        ends.append(Site("change", "change", output))
    sites = (
        forwarded("embed", "embed", input=image, output=hidden),
        forwarded("modulation", "modulation", output=rows),
        *branches,
        Site("hidden", "hidden", hidden),
        forwarded("head", "head", input=hidden, output=output),
        *ends,
    )
    return ModelDescription(name, sites, image, output, (("label", TensorType("int64", ())),))


def _flops(model: DiTTransformer2DModel, tokens: int) -> dict[str, int]:
    """Per sample, multiply and add counted separately: the matrix products."""
    config, width = model.config, model.inner_dim
    patch = config.patch_size**2
    inner = model.transformer_blocks[0].ff.net[-1].in_features
    embedding = TIMESTEP_FREQUENCIES * width + width * width
    return {
        "embed": 2 * tokens * patch * config.in_channels * width,
        "modulation": 2 * config.num_layers * (embedding + ROWS_PER_BLOCK * width * width)
        + 2 * 2 * width * width,
        "attention": 2 * tokens * (4 * width * width + 2 * tokens * width),
        "mlp": 2 * tokens * 2 * width * inner,
        "head": 2 * tokens * width * patch * model.out_channels,
    }
