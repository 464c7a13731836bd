"""What a history holds, and that it holds nothing longer than its run."""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import pytest
import torch

from forecache.torch import FeatureHistory, cache_bytes


def run(shape: tuple[int, ...], sites: int, slots: int) -> FeatureHistory:
    history = FeatureHistory(sites, slots)
    for call in range(slots + 1):
        history.begin(call)
        for site in range(sites):
            history.write(site, torch.ones(shape))
        history.commit()
    history.gated_sum([1.0] * slots, [None] * sites, torch.ones(shape))
    return history


def block_of(history: FeatureHistory) -> torch.Tensor:
    block = history.newest(0, 1)[0]._base
    assert block is not None
    return block


@pytest.mark.parametrize(
    ("shape", "dtype", "expected"),
    [
        ((2, 256, 1152), torch.float32, 56 * 3 * 2 * 256 * 1152 * 4),
        ((1, 4096, 3072), torch.bfloat16, 56 * 3 * 4096 * 3072 * 2),
        ((2, 0, 4), torch.float32, 0),
    ],
)
def test_cache_bytes_counts_every_element(
    shape: tuple[int, ...], dtype: torch.dtype, expected: int
) -> None:
    assert cache_bytes(56, 3, shape, dtype) == expected


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_a_history_allocates_its_cache_bytes(dtype: torch.dtype | None) -> None:
    history = FeatureHistory(5, 3, dtype=dtype)
    history.begin(0)
    history.write(0, torch.ones(2, 7, 6))
    stored = cache_bytes(5, 3, (2, 7, 6), dtype or torch.float32)
    assert history.byte_length == stored


def test_200_runs_of_changing_shapes_leave_nothing_behind() -> None:
    blocks: list[weakref.ref[torch.Tensor]] = []
    traced: list[int] = []
    tracemalloc.start()
    for number in range(200):
        history = run((1, 3 + number % 7, 4 + number % 5), 2, 1 + number % 3)
        blocks.append(weakref.ref(block_of(history)))
        history.reset()
        if number in {99, 199}:
            gc.collect()
            traced.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert all(block() is None for block in blocks)
    # A history left behind a run would be more than 500 bytes, and 100 runs are measured.
    assert traced[-1] - traced[0] < 100 * 500


def test_a_history_keeps_no_tensor_of_the_models() -> None:
    history, own = FeatureHistory(1, 1), torch.ones(1, 2, 3)
    history.begin(0)
    history.write(0, own)
    history.commit()
    gone = weakref.ref(own)
    del own
    assert gone() is None


def test_reset_lets_go_of_the_memory() -> None:
    history = run((1, 3, 4), 2, 2)
    block = weakref.ref(block_of(history))
    history.reset()
    assert block() is None
