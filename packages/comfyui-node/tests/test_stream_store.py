"""Rows of several streams in one batch, each with a history of its own."""

from __future__ import annotations

import torch

from forecache.hosting.feature_store import FeatureStore
from forecache_comfyui.stream_store import StreamStore


def store() -> FeatureStore:
    return FeatureStore(1, 2, dtype=None, place="device")


def test_rows_go_to_their_streams_and_come_back_in_any_order() -> None:
    one, other = store(), store()
    for call, value in enumerate((1.0, 2.0)):
        both = StreamStore([one, other])
        both.begin(call)
        rows = torch.stack([torch.full((3, 2), value), torch.full((3, 2), 10 * value)])
        both.write(0, rows, torch.float32)
        both.commit()
    assert both.positions == (1, 0)
    # A line through 1 and 2 is 3 at the next call; through 10 and 20 it is 30.
    forecast = StreamStore([other, one]).forecast(0, (2.0, -1.0))
    assert forecast[:, 0, 0].tolist() == [30.0, 3.0]


def test_gates_and_base_are_split_like_the_rows() -> None:
    one, other = store(), store()
    both = StreamStore([one, other])
    both.begin(0)
    both.write(0, torch.tensor([[[1.0]], [[2.0]]]), torch.float32)
    both.commit()
    base = torch.tensor([[[10.0]], [[20.0]]])
    # 10 + 3 * 1 and 20 + 5 * 2.
    gated = both.gated_sum((1.0,), [torch.tensor([[3.0], [5.0]])], base)
    assert gated.flatten().tolist() == [13.0, 30.0]
    # One gate for all: 10 + 2 * 1 and 20 + 2 * 2.
    assert both.gated_sum((1.0,), [torch.tensor([[2.0]])], base).flatten().tolist() == [12.0, 24.0]
    assert both.gated_sum((1.0,), [None], base).flatten().tolist() == [11.0, 22.0]


def test_what_is_aborted_is_not_kept() -> None:
    one = store()
    both = StreamStore([one])
    both.begin(0)
    both.write(0, torch.ones(1, 1, 1), torch.float32)
    both.abort()
    assert both.positions == ()
