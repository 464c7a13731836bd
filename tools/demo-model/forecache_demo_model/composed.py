"""The exported segments, run by onnxruntime and composed as in `DiT.forward`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnxruntime
import torch
from torch import Tensor

Source = Path | bytes
"""A file of an ONNX graph, or its content."""


class OnnxModule:
    """One graph, called with tensors by input name."""

    def __init__(self, source: Source, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Every graph has a pool of its own; pools that spin while others work starve them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        content = source if isinstance(source, bytes) else str(source)
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, **inputs: Tensor) -> tuple[Tensor, ...]:
        feed = {name: value.contiguous().numpy() for name, value in inputs.items()}
        return tuple(torch.from_numpy(output) for output in self._session.run(None, feed))


class ComposedNetwork:
    """Calls like a `DiT`: (x [B, 1, S, S], t [B], y [B]) -> velocity [B, 1, S, S]."""

    def __init__(self, segments: Mapping[str, Source], threads: int = 1) -> None:
        """segments: graphs by the names of `DiT.segments`."""
        self._modules = {name: OnnxModule(source, threads) for name, source in segments.items()}
        self.depth = sum(name.startswith("attention-") for name in segments)

    def __call__(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
        hidden, conditioning = self._modules["embed"](x=x, t=t, y=y)
        (rows,) = self._modules["modulation"](conditioning=conditioning)
        for block in range(self.depth):
            for first_row, kind in ((6 * block, "attention"), (6 * block + 3, "mlp")):
                shift, scale, gate = rows[:, first_row : first_row + 3].unbind(1)
                module = self._modules[f"{kind}-{block:02}"]
                (branch,) = module(hidden=hidden, shift=shift, scale=scale)
                hidden = hidden + gate[:, None] * branch
        (velocity,) = self._modules["head"](hidden=hidden, shift=rows[:, -2], scale=rows[:, -1])
        return velocity
