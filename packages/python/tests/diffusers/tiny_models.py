"""Tiny transformers of every class that has a layout; nothing is downloaded."""

from __future__ import annotations

from tiny_image_models import IMAGE_MODELS
from tiny_model import TinyModel
from tiny_video_models import VIDEO_MODELS

TINY_MODELS: dict[str, TinyModel] = {
    model.class_name: model for model in (*IMAGE_MODELS, *VIDEO_MODELS)
}
"""By the name of the transformer class."""

__all__ = ["TINY_MODELS", "TinyModel"]
