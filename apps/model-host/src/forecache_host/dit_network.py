"""Diffusers' DiTTransformer2DModel (arXiv 2212.09748) cut into the segments of an adaLN-zero
transformer.

embed, modulation, `blocks.<i>.attention`, `blocks.<i>.mlp`, head. The segments call the model's own
modules in the order of its own `forward`, so that a full call has the bits of the model without
forecache.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from diffusers import DiTTransformer2DModel
from torch import Tensor

from forecache.plan import RunSetup
from forecache_host.attention_measure import attention_measure
from forecache_host.call_walk import CallWalk, WalkHost
from forecache_host.dit_description import describe_dit
from forecache_host.dit_modulation import DitModulation
from forecache_host.host_error import invalid_argument
from forecache_host.network import CallInput
from forecache_host.partial_tokens import TokenMeasure, gather_rows
from forecache_host.walk import SegmentedWalk


class DitNetwork:
    """A network whose every site can be forwarded. The model is in evaluation mode."""

    def __init__(self, model: DiTTransformer2DModel, name: str) -> None:
        self._model = model
        self.description = describe_dit(model, name)
        self.device = model.device
        table = model.transformer_blocks[0].norm1.emb.class_embedder.embedding_table
        self._label_count: int = table.num_embeddings

    def assert_conditioning(self, name: str, tensors: Mapping[str, Tensor]) -> None:
        """Labels are 0 to `num_embeds_ada_norm`, the last one the null class."""
        for sample, label in enumerate(tensors["label"].tolist()):
            if not 0 <= label < self._label_count:
                rule = f"a label in 0..{self._label_count - 1}"
                raise invalid_argument(f"{name}[0].tensor[{sample}]", rule, label)

    def assert_setup(self, setup: RunSetup) -> None:
        """Everything that the contract has."""

    def begin(self, call: CallInput) -> DitCall:
        """Embeds the image, the timestep and the labels."""
        return DitCall(self._model, call)

    def begin_walk(self, call: CallInput, host: WalkHost) -> CallWalk:
        """A call by plan, walked site by site."""
        return SegmentedWalk(self, call, host)


class DitCall:
    """One call. Implements `NetworkCall`."""

    def __init__(self, model: DiTTransformer2DModel, call: CallInput) -> None:
        self._model = model
        batch = call.image.shape[0]
        timestep = torch.full((batch,), call.timestep, dtype=torch.float32, device=model.device)
        self.embedded: Tensor = model.pos_embed(call.image)
        self._modulation = DitModulation(model, timestep, call.conditioning["label"])
        self.conditioning = self._modulation.conditioning

    def modulation(self) -> Tensor:
        return self._modulation.rows()

    def gate(self, site: str) -> Tensor:
        return self._modulation.branch(*_place(site))[2]

    def modulated_input(self) -> Tensor:
        return self._normalised("blocks.0.attention", self.embedded)

    def branch(self, site: str, hidden: Tensor, chosen: Tensor | None) -> Tensor:
        index, kind = _place(site)
        block = self._model.transformer_blocks[index]
        tokens = self._normalised(site, hidden)
        rows = tokens if chosen is None else gather_rows(tokens, chosen)
        if kind == "mlp":
            result: Tensor = block.ff(rows)
        elif chosen is None:
            result = block.attn1(rows)
        else:
            result = block.attn1(rows, encoder_hidden_states=tokens)
        return result

    def token_measure(self, site: str, hidden: Tensor, measure: TokenMeasure) -> Tensor:
        attention = self._model.transformer_blocks[_place(site)[0]].attn1
        return attention_measure(attention, self._normalised(site, hidden), measure)

    def head(self, hidden: Tensor) -> Tensor:
        model = self._model
        shift, scale = self._modulation.head()
        flat = model.proj_out_2(model.norm_out(hidden) * (1 + scale) + shift)
        side = int(flat.shape[1] ** 0.5)
        size, channels = model.patch_size, model.out_channels
        patches = flat.reshape(-1, side, side, size, size, channels)
        image = torch.einsum("nhwpqc->nchpwq", patches)
        return image.reshape(-1, channels, side * size, side * size)

    def _normalised(self, site: str, hidden: Tensor) -> Tensor:
        index, kind = _place(site)
        block = self._model.transformer_blocks[index]
        shift, scale, _ = self._modulation.branch(index, kind)
        norm = block.norm1.norm if kind == "attention" else block.norm3
        normalised: Tensor = norm(hidden) * (1 + scale) + shift
        return normalised


def _place(site: str) -> tuple[int, str]:
    """Block and kind of `blocks.<block>.<kind>`."""
    _, block, kind = site.split(".")
    return int(block), kind
