"""The MODEL on a wire: a shared network and what one branch of the workflow adds to it."""

from __future__ import annotations

import copy
from typing import Any

import torch
from base_model import BaseModel
from wrapper_executor import Wrapper


class ModelPatcher:
    """A model with options. Clones share the network; options are deep-copied, wrappers are not."""

    def __init__(self, model: BaseModel) -> None:
        self.model = model
        self.load_device = self.offload_device = torch.device("cpu")
        self.model_options: dict[str, Any] = {"transformer_options": {}}
        self.wrappers: dict[str, dict[str, list[Wrapper]]] = {}
        self.object_patches: dict[str, Any] = {}
        self._replaced: list[tuple[Any, str, bool, Any]] = []

    def clone(self) -> ModelPatcher:
        """Another wire from the same network."""
        clone = ModelPatcher(self.model)
        clone.model_options = copy.deepcopy(self.model_options)
        clone.object_patches = dict(self.object_patches)
        clone.wrappers = {
            kind: {key: list(wrappers) for key, wrappers in keys.items()}
            for kind, keys in self.wrappers.items()
        }
        return clone

    def model_dtype(self) -> torch.dtype:
        """The network's."""
        return torch.float32

    def add_wrapper_with_key(self, kind: str, key: str, wrapper: Wrapper) -> None:
        """One more wrapper; the same key twice means two."""
        self.wrappers.setdefault(kind, {}).setdefault(key, []).append(wrapper)

    def remove_wrappers_with_key(self, kind: str, key: str) -> None:
        """Takes a key's wrappers away, if there are any."""
        self.wrappers.get(kind, {}).pop(key, None)

    def set_model_unet_function_wrapper(self, function: Any) -> None:
        """The one function around APPLY_MODEL: the last who sets it wins."""
        self.model_options["model_function_wrapper"] = function

    def set_model_patch_replace(self, patch: Any, name: str, block: str, number: int) -> None:
        """Replaces a block: `("dit", "double_block", 0)`."""
        options = self.model_options["transformer_options"]
        options.setdefault("patches_replace", {}).setdefault(name, {})[block, number] = patch

    def add_object_patch(self, path: str, replacement: Any) -> None:
        """Replaces an attribute, `diffusion_model.blocks.0.ffn.forward`, while a run is on."""
        self.object_patches[path] = replacement

    def get_model_object(self, path: str) -> Any:
        """An attribute of the model, or what replaces it."""
        if path in self.object_patches:
            return self.object_patches[path]
        owner, name = self._owner(path)
        return getattr(owner, name)

    def pre_run(self) -> None:
        """Puts the object patches in."""
        self.model.current_patcher = self
        for path, replacement in self.object_patches.items():
            owner, name = self._owner(path)
            is_own = name in vars(owner)
            self._replaced.append((owner, name, is_own, vars(owner).get(name)))
            setattr(owner, name, replacement)

    def cleanup(self) -> None:
        """Takes the object patches out, whatever happened."""
        while self._replaced:
            owner, name, is_own, before = self._replaced.pop()
            if is_own:
                setattr(owner, name, before)
            else:
                delattr(owner, name)

    def _owner(self, path: str) -> tuple[Any, str]:
        *parents, name = path.split(".")
        owner: Any = self.model
        for parent in parents:
            owner = getattr(owner, parent)
        return owner, name
