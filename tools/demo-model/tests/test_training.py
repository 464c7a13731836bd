from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest
import torch
from torch import Tensor

from forecache_demo_model.checkpoint import (
    CHECKPOINT_FILE,
    TrainingOptions,
    TrainingState,
    create_state,
    load_average,
    restore,
    save,
)
from forecache_demo_model.train_classifier import augment
from forecache_demo_model.train_classifier import train as train_classifier
from forecache_demo_model.train_dit import LOG_FILE, learning_rate, read_log, train, train_step

CPU = torch.device("cpu")
Data = tuple[Tensor, Tensor]


def trained(
    data: Data, options: TrainingOptions, out: Path, save_every: int = 500
) -> TrainingState:
    state = create_state(options, CPU)
    train(state, data, options, out=out, log_every=2, save_every=save_every)
    return state


def assert_same_weights(a: torch.nn.Module, b: torch.nn.Module) -> None:
    for name, value in a.state_dict().items():
        assert torch.equal(value, b.state_dict()[name]), name


def test_training_is_deterministic(data: Data, options: TrainingOptions, tmp_path: Path) -> None:
    first, second = (trained(data, options, tmp_path) for _ in range(2))
    assert_same_weights(first.model, second.model)
    assert_same_weights(first.average, second.average)


def test_training_moves_the_average(data: Data, options: TrainingOptions, tmp_path: Path) -> None:
    state = trained(data, options, tmp_path)
    fresh = create_state(options, CPU)
    assert not torch.equal(state.average.head.project.weight, fresh.average.head.project.weight)
    assert not state.average.head.project.weight.requires_grad


def test_resumed_run_equals_an_uninterrupted_one(
    data: Data, options: TrainingOptions, tmp_path: Path
) -> None:
    whole = trained(data, options, tmp_path)
    interrupted = create_state(options, CPU)
    for _ in range(3):
        train_step(interrupted, data, options)
    save(tmp_path / CHECKPOINT_FILE, interrupted, options)
    resumed = create_state(options, CPU)
    restore(tmp_path / CHECKPOINT_FILE, resumed, options)
    train(resumed, data, options, out=tmp_path, log_every=2)
    assert resumed.step == 6
    assert_same_weights(resumed.model, whole.model)
    assert_same_weights(resumed.average, whole.average)


def test_resume_keeps_the_log_up_to_the_checkpoint(
    data: Data, options: TrainingOptions, tmp_path: Path
) -> None:
    trained(data, options, tmp_path)
    state = create_state(options, CPU)
    state.step = 4
    train(state, data, options, out=tmp_path, log_every=2)
    assert [entry["step"] for entry in read_log(tmp_path / LOG_FILE)] == [2, 4, 6]


def test_restore_refuses_another_runs_options(
    data: Data, options: TrainingOptions, tmp_path: Path
) -> None:
    trained(data, options, tmp_path)
    other = TrainingOptions(config="tiny", steps=6, batch=8)
    path = tmp_path / CHECKPOINT_FILE
    with pytest.raises(ValueError, match="was trained with batch 4, not 8"):
        restore(path, create_state(other, CPU), other)


def test_restore_extends_a_shorter_run(
    data: Data, options: TrainingOptions, tmp_path: Path
) -> None:
    trained(data, options, tmp_path)
    longer = TrainingOptions(config="tiny", steps=9, batch=4)
    state = create_state(longer, CPU)
    restore(tmp_path / CHECKPOINT_FILE, state, longer, longer=True)
    train(state, data, longer, out=tmp_path, log_every=3)
    assert state.step == 9
    assert [entry["step"] for entry in read_log(tmp_path / LOG_FILE)] == [2, 4, 6, 9]
    with pytest.raises(ValueError, match="was trained with steps 9, not 6"):
        restore(tmp_path / CHECKPOINT_FILE, state, options, longer=True)


def test_load_average_gives_the_averaged_network(
    data: Data, options: TrainingOptions, tmp_path: Path
) -> None:
    state = trained(data, options, tmp_path)
    model, loaded_options, step = load_average(tmp_path / CHECKPOINT_FILE)
    assert_same_weights(model, state.average)
    assert (loaded_options, step) == (options, 6)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("steps", 0, "steps must be >= 1, got 0"),
        ("batch", 0, "batch must be >= 1, got 0"),
        ("lr", float("nan"), "lr must be > 0, got nan"),
        ("config", "huge", "config must be one of ['demo', 'tiny'], got 'huge'"),
    ],
)
def test_options_refuse_bad_values(field: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        TrainingOptions(**{field: value})


def test_learning_rate_warms_up_and_ends_at_zero() -> None:
    assert learning_rate(0, 1000, 1.0) == pytest.approx(1 / 200)
    assert learning_rate(500, 1000, 1.0) == pytest.approx(0.5)
    assert learning_rate(1000, 1000, 1.0) == pytest.approx(0.0)


def test_classifier_training_is_deterministic(data: Data) -> None:
    args = argparse.Namespace(seed=0, epochs=2, batch=10, lr=1e-3)
    entries: list[dict[str, float]] = []
    first, second = (train_classifier(*data, args, entries.append) for _ in range(2))
    assert_same_weights(first, second)
    assert json.dumps([entry["epoch"] for entry in entries]) == "[1, 2, 1, 2]"


def test_augment_keeps_the_shape_and_the_range(data: Data) -> None:
    images, _ = data
    moved = augment(images, torch.Generator().manual_seed(0))
    assert moved.shape == images.shape
    assert moved.min() >= -1
    assert moved.max() <= 1
