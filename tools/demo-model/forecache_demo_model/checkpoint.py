"""What a training run of the diffusion transformer keeps on disk, and how it goes on from there."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from .dit import CONFIGS, DiT

CHECKPOINT_FILE = "checkpoint.pt"


@dataclass(frozen=True)
class TrainingOptions:
    """What decides the weights of a run; a resumed run must repeat all of it.

    config: name in `CONFIGS`. steps: optimiser steps of the whole run. batch: images a step.
    lr: peak learning rate. seed: of the weights and of every step's random stream.
    """

    config: str = "demo"
    steps: int = 12_000
    batch: int = 64
    lr: float = 1e-3
    seed: int = 0

    def __post_init__(self) -> None:
        if self.config not in CONFIGS:
            raise ValueError(f"config must be one of {sorted(CONFIGS)}, got {self.config!r}")
        for name in ("steps", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        if not self.lr > 0:
            raise ValueError(f"lr must be > 0, got {self.lr}")


@dataclass
class TrainingState:
    """Everything that changes from step to step. average: moving average of the model's weights."""

    model: DiT
    average: DiT
    optimiser: torch.optim.Optimizer
    step: int = 0


def create_state(options: TrainingOptions, device: torch.device) -> TrainingState:
    model = DiT(CONFIGS[options.config], seed=options.seed).to(device)
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=options.lr, betas=(0.9, 0.99), weight_decay=0.01
    )
    return TrainingState(model, average, optimiser)


def save(path: Path, state: TrainingState, options: TrainingOptions) -> None:
    """Writes beside `path` first, so that an interrupted save leaves the old checkpoint whole."""
    content = asdict(options) | {
        "step": state.step,
        "model": state.model.state_dict(),
        "average": state.average.state_dict(),
        "optimiser": state.optimiser.state_dict(),
    }
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def restore(
    path: Path, state: TrainingState, options: TrainingOptions, *, longer: bool = False
) -> None:
    """Loads a checkpoint into `state`; refuses one that other options have written.

    longer: the checkpoint's run may have had fewer steps. It goes on from its last step on the
    learning rate of the longer run; the weights are not those of a run that was so long all along.
    """
    content = torch.load(path, map_location="cpu", weights_only=True)
    for name, wanted in asdict(options).items():
        if name == "steps" and longer and content[name] < wanted:
            continue
        if content[name] != wanted:
            raise ValueError(f"{path} was trained with {name} {content[name]!r}, not {wanted!r}")
    state.model.load_state_dict(content["model"])
    state.average.load_state_dict(content["average"])
    state.optimiser.load_state_dict(content["optimiser"])
    state.step = content["step"]


def load_average(path: Path) -> tuple[DiT, TrainingOptions, int]:
    """The averaged network of a checkpoint in evaluation mode, its options and its step."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    options = TrainingOptions(**{name: content[name] for name in asdict(TrainingOptions())})
    model = DiT(CONFIGS[options.config])
    model.load_state_dict(content["average"])
    return model.eval().requires_grad_(False), options, content["step"]
