"""Trains the demo diffusion transformer: `python -m forecache_demo_model.train_dit --out DIR`.

Rectified flow with logit-normal timesteps (Esser et al. 2024, §3.1), AdamW, cosine learning rate,
exponential moving average of the weights. Interrupt it at will: `--resume` goes on from the last
checkpoint with the same random stream per step.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from .checkpoint import (
    CHECKPOINT_FILE,
    TrainingOptions,
    TrainingState,
    create_state,
    restore,
    save,
)
from .dit import CONFIGS, NULL_CLASS
from .fashion_mnist import DATASET_ROOT, load_images

LOG_FILE = "training-log.jsonl"
LABEL_DROPOUT = 0.1
EMA_DECAY = 0.999
WARMUP_STEPS = 200
GRADIENT_NORM_LIMIT = 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.set_num_threads(args.threads)
    options = TrainingOptions(args.config, args.steps, args.batch, args.lr, args.seed)
    device = torch.device(args.device)
    images, labels = (part.to(device) for part in load_images("train", args.data_root))
    state = create_state(options, device)
    args.out.mkdir(parents=True, exist_ok=True)
    if (args.resume or args.extend) and (args.out / CHECKPOINT_FILE).is_file():
        restore(args.out / CHECKPOINT_FILE, state, options, longer=args.extend)
    train(
        state,
        (images, labels),
        options,
        out=args.out,
        log_every=args.log_every,
        save_every=args.save_every,
    )


def train(
    state: TrainingState,
    data: tuple[Tensor, Tensor],
    options: TrainingOptions,
    *,
    out: Path,
    log_every: int = 100,
    save_every: int = 500,
) -> None:
    """Takes `state` from its step to the last one; logs and saves under `out`."""
    log_path, kept = out / LOG_FILE, []
    if state.step > 0 and log_path.is_file():
        kept = [entry for entry in read_log(log_path) if entry["step"] <= state.step]
    log_path.write_text("".join(json.dumps(entry) + "\n" for entry in kept))
    started = time.monotonic() - (kept[-1]["seconds"] if kept else 0.0)
    losses: list[float] = []
    with log_path.open("a") as log:
        while state.step < options.steps:
            losses.append(train_step(state, data, options))
            if state.step % log_every == 0:
                loss = round(sum(losses) / len(losses), 5)
                seconds = round(time.monotonic() - started, 1)
                log.write(json.dumps({"step": state.step, "loss": loss, "seconds": seconds}) + "\n")
                log.flush()
                losses.clear()
            if state.step % save_every == 0 or state.step == options.steps:
                save(out / CHECKPOINT_FILE, state, options)


def train_step(
    state: TrainingState, data: tuple[Tensor, Tensor], options: TrainingOptions
) -> float:
    """One optimiser step; its randomness depends only on (seed, step), so that runs can resume."""
    images, labels = data
    generator = torch.Generator().manual_seed(options.seed * 1_000_003 + state.step)
    index = torch.randint(len(images), (options.batch,), generator=generator).to(images.device)
    image = images[index]
    noise = torch.randn(image.shape, generator=generator).to(image.device)
    t = torch.sigmoid(torch.randn(options.batch, generator=generator)).to(image.device)
    dropped = (torch.rand(options.batch, generator=generator) < LABEL_DROPOUT).to(image.device)
    label = torch.where(dropped, NULL_CLASS, labels[index])
    weight = t[:, None, None, None]
    for group in state.optimiser.param_groups:
        group["lr"] = learning_rate(state.step, options.steps, options.lr)
    prediction = state.model((1.0 - weight) * image + weight * noise, t, label)
    loss = (prediction - (noise - image)).square().mean()
    state.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), GRADIENT_NORM_LIMIT)
    state.optimiser.step()
    update_average(state)
    state.step += 1
    return loss.item()


@torch.no_grad()
def update_average(state: TrainingState) -> None:
    """Moves the average towards the model, faster during the first steps."""
    decay = min(EMA_DECAY, (1 + state.step) / (10 + state.step))
    for slow, fast in zip(state.average.parameters(), state.model.parameters(), strict=True):
        slow.lerp_(fast, 1.0 - decay)


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Linear warm-up, then cosine to zero."""
    warmup = min(1.0, (step + 1) / WARMUP_STEPS)
    return peak * warmup * 0.5 * (1.0 + math.cos(math.pi * step / steps))


def read_log(path: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the checkpoint and the log"
    )
    parser.add_argument("--config", choices=sorted(CONFIGS), default="demo")
    parser.add_argument("--data-root", type=Path, default=DATASET_ROOT)
    parser.add_argument("--device", default="cpu", help="torch device (default cpu)")
    parser.add_argument("--steps", type=int, default=12_000, help="optimiser steps (default 12000)")
    parser.add_argument("--batch", type=int, default=64, help="images a step (default 64)")
    parser.add_argument("--lr", type=float, default=1e-3, help="peak learning rate (default 0.001)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--log-every", type=int, default=100)
    parser.add_argument("--save-every", type=int, default=500)
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in --out, if any"
    )
    parser.add_argument(
        "--extend",
        action="store_true",
        help="like --resume, also from a shorter run: trains it for more --steps",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
