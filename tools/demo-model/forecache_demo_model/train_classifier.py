"""Trains the classifier: `python -m forecache_demo_model.train_classifier --out DIR`.

AdamW with a one-cycle learning rate; images are flipped at random and moved by up to one pixel.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .classifier import Classifier, classify
from .fashion_mnist import DATASET_ROOT, load_images

CLASSIFIER_FILE = "classifier.pt"
LOG_FILE = "training-log.jsonl"
MAX_SHIFT = 1
WEIGHT_DECAY = 0.02
Record = Callable[[dict[str, float]], None]


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.set_num_threads(args.threads)
    images, labels = load_images("train", args.data_root)
    test_images, test_labels = load_images("t10k", args.data_root)
    args.out.mkdir(parents=True, exist_ok=True)
    with (args.out / LOG_FILE).open("w") as log:

        def record(entry: dict[str, float]) -> None:
            log.write(json.dumps(entry) + "\n")
            log.flush()

        model = train(images, labels, args, record)
    accuracy = accuracy_of(model, test_images, test_labels)
    print(f"test accuracy {accuracy:.4f}")
    state = {
        "model": model.state_dict(),
        "testAccuracy": accuracy,
        "seed": args.seed,
        "epochs": args.epochs,
        "batch": args.batch,
        "lr": args.lr,
    }
    torch.save(state, args.out / CLASSIFIER_FILE)


def train(images: Tensor, labels: Tensor, args: argparse.Namespace, record: Record) -> Classifier:
    """A trained classifier in evaluation mode; `record` gets one entry an epoch."""
    generator = torch.Generator().manual_seed(args.seed)
    model = Classifier(seed=args.seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=WEIGHT_DECAY)
    steps_per_epoch = len(images) // args.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, args.lr, total_steps=args.epochs * steps_per_epoch
    )
    started = time.monotonic()
    for epoch in range(args.epochs):
        order = torch.randperm(len(images), generator=generator)
        loss_sum = 0.0
        for index in order[: steps_per_epoch * args.batch].split(args.batch):
            logits, _ = model(augment(images[index], generator))
            loss = F.cross_entropy(logits, labels[index])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
        seconds = round(time.monotonic() - started, 1)
        record(
            {"epoch": epoch + 1, "loss": round(loss_sum / steps_per_epoch, 5), "seconds": seconds}
        )
    return model.eval().requires_grad_(False)


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """The batch moved by one random offset, and half of its images mirrored."""
    size = images.shape[-1]
    padded = F.pad(images, (MAX_SHIFT,) * 4, value=-1.0)
    top, left = torch.randint(2 * MAX_SHIFT + 1, (2,), generator=generator).tolist()
    moved = padded[:, :, top : top + size, left : left + size]
    mirrored = torch.rand(len(images), generator=generator) < 0.5
    return torch.where(mirrored[:, None, None, None], moved.flip(3), moved)


def accuracy_of(model: Classifier, images: Tensor, labels: Tensor) -> float:
    predicted, _ = classify(model, images)
    return (predicted == labels).double().mean().item()


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the checkpoint and the log"
    )
    parser.add_argument("--data-root", type=Path, default=DATASET_ROOT)
    parser.add_argument("--epochs", type=int, default=8, help="passes over the images (default 8)")
    parser.add_argument("--batch", type=int, default=128, help="images a step (default 128)")
    parser.add_argument("--lr", type=float, default=4e-3, help="peak learning rate (default 0.004)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
