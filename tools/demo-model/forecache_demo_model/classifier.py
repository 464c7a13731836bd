"""A small convolutional classifier of Fashion-MNIST: the judge of the demo model's samples.

Its 64 features are the space in which the Fréchet distance is taken, and its labels give
the class accuracy of conditional samples.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .dit import CLASS_COUNT

FEATURE_SIZE = 64
MAP_SIZE = 32 * 4 * 4
"""Numbers in the last convolution's output."""


class ConvNorm(nn.Module):
    """3x3 convolution without bias, batch normalisation, ReLU."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight and bias of the one convolution that equals this module in evaluation mode."""
        factor = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        bias = self.norm.bias - self.norm.running_mean * factor
        return self.conv.weight * factor[:, None, None, None], bias


class Classifier(nn.Module):
    """image [B, 1, 28, 28] in [-1, 1] -> logits [B, 10], features [B, 64] (after the last ReLU)."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.body = nn.Sequential(
            ConvNorm(1, 16),
            ConvNorm(16, 32, stride=2),
            ConvNorm(32, 32),
            ConvNorm(32, 64, stride=2),
            ConvNorm(64, 32, stride=2),
        )
        self.gather = nn.Linear(MAP_SIZE, FEATURE_SIZE)
        self.decide = nn.Linear(FEATURE_SIZE, CLASS_COUNT)
        self._initialise(seed)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        features = F.relu(self.gather(self.body(image).flatten(1)))
        return self.decide(features), features

    def _initialise(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                fan_in = module.weight[0].numel()
                nn.init.normal_(module.weight, std=math.sqrt(2.0 / fan_in), generator=generator)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)


@torch.no_grad()
def classify(model: Classifier, images: Tensor, batch: int = 500) -> tuple[Tensor, Tensor]:
    """Predicted class [count] and features [count, 64] of many images."""
    parts = [model(chunk) for chunk in images.split(batch)]
    labels = torch.cat([logits.argmax(dim=1) for logits, _ in parts])
    return labels, torch.cat([features for _, features in parts])


def load_classifier(path: Path) -> tuple[Classifier, dict]:
    """The classifier of a checkpoint, in evaluation mode, and the checkpoint's facts."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Classifier()
    model.load_state_dict(state.pop("model"))
    return model.eval().requires_grad_(False), state
