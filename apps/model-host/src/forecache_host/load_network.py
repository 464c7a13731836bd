"""Loads the network that a host serves. Nothing is downloaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import diffusers
from diffusers import DiTTransformer2DModel

from forecache.errors import ForecacheError
from forecache_host.call_shape import read_call_shape
from forecache_host.dit_network import DitNetwork
from forecache_host.layout_network import LayoutNetwork
from forecache_host.network import Network
from forecache_host.options import HostOptions
from forecache_host.tiny_dit import tiny_dit


def load_network(options: HostOptions) -> Network:
    """The tiny DiT, or the model of a local directory.

    A DiTTransformer2DModel is served site by site unless --call says how to call it as a whole.
    Raises ForecacheError for a directory without a Diffusers transformer.
    """
    if options.model is None:
        return DitNetwork(tiny_dit(options.dtype).to(options.device), "tiny-dit")
    model = load_model(options.model, options)
    name = options.model.resolve().name
    if options.call_file is not None:
        return LayoutNetwork(model, name, read_call_shape(options.call_file, options.dtype))
    if isinstance(model, DiTTransformer2DModel):
        return DitNetwork(model, name)
    rule = f"given for a {type(model).__name__}: its configuration does not say how it is called"
    raise ForecacheError(f"--call must be {rule}")


def load_model(directory: Path, options: HostOptions) -> Any:
    """The transformer of `save_pretrained`, in evaluation mode on its device."""
    config = directory / "config.json"
    try:
        class_name = json.loads(config.read_text()).get("_class_name", "")
    except (OSError, ValueError) as error:
        raise ForecacheError(f"--model must have a config.json of JSON: {error}") from error
    model_class = getattr(diffusers, class_name, None) if class_name else None
    if model_class is None:
        raise ForecacheError(f"_class_name in {config} must be one of Diffusers, got {class_name}")
    model = model_class.from_pretrained(directory, torch_dtype=options.dtype, local_files_only=True)
    return model.to(options.device).eval()
