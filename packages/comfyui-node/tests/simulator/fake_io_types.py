"""The part of `comfy_api.latest.io` that describes nodes: schemas, inputs, outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar

_SOCKET = frozenset({"display_name", "optional", "tooltip", "lazy", "extra_dict", "raw_link"})
_WIDGET = _SOCKET | {"default", "socketless", "widget_type", "force_input"}
_NUMBER = _WIDGET | {"min", "max", "step", "control_after_generate", "display_mode"}
_OPTIONS = {
    "INT": _NUMBER,
    "FLOAT": _NUMBER | {"round"},
    "STRING": _WIDGET | {"multiline", "placeholder", "dynamic_prompts"},
    "BOOLEAN": _WIDGET | {"label_on", "label_off"},
    "COMBO": _WIDGET | {"options", "control_after_generate", "upload", "image_folder", "remote"},
}
"""What ComfyUI lets a node say about an input, by type; other types have a socket only."""


class Input:
    """An input of a node. Raises TypeError for what ComfyUI would not take."""

    def __init__(self, io_type: str, id: str, **given: Any) -> None:
        unknown = sorted(given.keys() - _OPTIONS.get(io_type, _SOCKET))
        if unknown:
            raise TypeError(f"{io_type} input {id} takes no {', '.join(unknown)}")
        self.io_type, self.id, self.given = io_type, id, given
        self.optional: bool = given.get("optional", False)
        self.tooltip: str | None = given.get("tooltip")
        self.default: Any = given.get("default")
        self.options: list[Any] | None = given.get("options")

    def get_io_type(self) -> str:
        """`MODEL`, `INT`, `COMBO`, ..."""
        return self.io_type

    def as_dict(self) -> dict[str, Any]:
        """What is said about it."""
        return {name: value for name, value in self.given.items() if value is not None}


class Output:
    """An output of a node."""

    def __init__(
        self,
        io_type: str,
        id: str | None = None,
        display_name: str | None = None,
        tooltip: str | None = None,
        is_output_list: bool = False,
    ) -> None:
        self.io_type, self.id, self.tooltip = io_type, id, tooltip
        self.display_name = display_name or id
        self.is_output_list = is_output_list

    def get_io_type(self) -> str:
        """`MODEL`, `STRING`, ..."""
        return self.io_type


class IoType:
    """A type of wire: makes inputs and outputs of it."""

    def __init__(self, io_type: str) -> None:
        self.io_type = io_type

    def Input(self, id: str, **given: Any) -> Input:  # ComfyUI's name
        """An input of this type."""
        return Input(self.io_type, id, **given)

    def Output(self, id: str | None = None, **given: Any) -> Output:  # ComfyUI's name
        """An output of this type."""
        return Output(self.io_type, id, **given)


@dataclass
class Schema:
    """What a node is."""

    node_id: str
    display_name: str | None = None
    category: str = "sd"
    inputs: list[Input] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    description: str = ""
    is_input_list: bool = False
    is_output_node: bool = False
    is_deprecated: bool = False
    is_experimental: bool = False
    is_api_node: bool = False
    not_idempotent: bool = False
    enable_expand: bool = False


class Hidden:
    """What ComfyUI tells a node besides its inputs."""

    unique_id = "UNIQUE_ID"
    prompt = "PROMPT"
    extra_pnginfo = "EXTRA_PNGINFO"


class NodeOutput:
    """What a node answers."""

    def __init__(
        self, *args: Any, ui: Any = None, expand: Any = None, block_execution: str | None = None
    ) -> None:
        self.args, self.ui, self.expand = args, ui, expand
        self.block_execution = block_execution

    @property
    def result(self) -> tuple[Any, ...] | None:
        """The outputs, None without any."""
        return self.args or None

    def __getitem__(self, index: int) -> Any:
        return self.args[index]


class ComfyNode:
    """A node. ComfyUI executes a copy of the class that has `hidden` filled in."""

    hidden: ClassVar[Any] = SimpleNamespace(unique_id=None, prompt=None, extra_pnginfo=None)

    @classmethod
    def GET_SCHEMA(cls) -> Any:  # ComfyUI's name
        """The schema. Raises ValueError when two inputs, or two outputs, have one name."""
        schema = cls.define_schema()  # type: ignore[attr-defined] # every node has one
        for what, listed in (("inputs", schema.inputs), ("outputs", schema.outputs)):
            names = [each.id for each in listed if each.id is not None]
            if len(names) != len(set(names)):
                raise ValueError(f"{schema.node_id} has two {what} of one name")
        return schema


IO_NAMES = {
    "AnyType": "*",
    "Boolean": "BOOLEAN",
    "Combo": "COMBO",
    "Conditioning": "CONDITIONING",
    "Float": "FLOAT",
    "Guider": "GUIDER",
    "Image": "IMAGE",
    "Int": "INT",
    "Latent": "LATENT",
    "Model": "MODEL",
    "Noise": "NOISE",
    "Sampler": "SAMPLER",
    "Sigmas": "SIGMAS",
    "String": "STRING",
    "Vae": "VAE",
}
"""Types of wires by their name in `io`."""
