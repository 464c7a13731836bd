"""The table of layouts, without ComfyUI: what is found, what is not, and what is refused."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from torch import nn

from forecache.hosting.layout import IMAGE_TOKENS, ModelLayout, Stage
from forecache.hosting.structure import Structure
from forecache.plan import Granularity
from forecache_comfyui.layouts import LAYOUTS, find_layout
from forecache_comfyui.layouts.image_tokens import image_first, image_last, patches

INSIDE = (Granularity.MODULE, Granularity.BLOCK, Granularity.RESIDUAL, Granularity.HIDDEN)

CONTROL = "control (its residuals are added between the blocks)"
PATCHES = "block patches of another node (what they add is not what the blocks add)"

every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def block_taking(*names: str) -> nn.Module:
    """A block whose forward has these parameters."""

    def forward(self: nn.Module, *args: Any, **kwargs: Any) -> None: ...

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind) for name in ("self", *names)]
    forward.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # a function
    block: nn.Module = type("Block", (nn.Module,), {"forward": forward})()
    return block


def streams(stage: Stage) -> tuple[str, ...]:
    return (stage.hidden,) if stage.encoder is None else (stage.hidden, stage.encoder)


def network_of(layout: ModelLayout, class_name: str | None = None) -> nn.Module:
    """A network of the class as far as a layout tells: lists of two blocks each, and a head."""
    network: nn.Module = type(class_name or layout.class_name, (nn.Module,), {})()
    for stage in layout.stages:
        blocks = nn.ModuleList([block_taking(*streams(stage)) for _ in range(2)])
        network.add_module(stage.blocks, blocks)
    network.add_module(layout.head, nn.Identity())
    return network


def refusals(layout: ModelLayout, **arguments: Any) -> list[str | None]:
    network: Any = network_of(layout)
    network.default_ref_method = "index"
    network.extra_per_block_abs_pos_emb = False
    given = {"x": torch.zeros(2, 4, 8, 8), **arguments}
    return [layout.refusal(network, given, where) for where in INSIDE]


@every_layout
def test_a_layout_is_found_by_its_class_name(layout: ModelLayout) -> None:
    assert LAYOUTS[layout.class_name] is layout
    assert find_layout(network_of(layout)) is layout


@every_layout
def test_a_layout_has_stages_with_places_for_their_blocks(layout: ModelLayout) -> None:
    structure = Structure(network_of(layout), layout)
    assert len(structure.places) == 2 * len(layout.stages) >= 2
    names = [stage.blocks for stage in layout.stages] + [layout.head]
    assert len(set(names)) == len(names)


@every_layout
def test_a_block_returns_streams_that_it_is_given(layout: ModelLayout) -> None:
    for stage in layout.stages:
        assert stage.hidden in stage.returns
        assert set(stage.returns) <= set(streams(stage))


@every_layout
def test_a_derived_class_has_not_its_parents_layout(layout: ModelLayout) -> None:
    parent = type(network_of(layout))
    child = network_of(layout)
    child.__class__ = type("Derived", (parent,), {})
    assert find_layout(child) is None


@every_layout
def test_a_class_without_the_head_is_not_known(layout: ModelLayout) -> None:
    network = network_of(layout)
    delattr(network, layout.head)
    assert find_layout(network) is None


@every_layout
def test_a_class_without_a_list_of_blocks_is_not_known(layout: ModelLayout) -> None:
    for stage in layout.stages:
        network = network_of(layout)
        delattr(network, stage.blocks)
        assert find_layout(network) is None


@every_layout
def test_blocks_that_are_no_list_are_not_known(layout: ModelLayout) -> None:
    network = network_of(layout)
    network.add_module(layout.stages[0].blocks, nn.Identity())
    assert find_layout(network) is None


@pytest.mark.parametrize("name", ["Flux", "WanModel", "QwenImageTransformer2DModel", "NextDiT"])
def test_blocks_that_name_their_streams_otherwise_are_not_known(name: str) -> None:
    network = network_of(LAYOUTS[name])
    network.add_module(LAYOUTS[name].stages[0].blocks, nn.ModuleList([block_taking("latents")]))
    assert find_layout(network) is None


def test_an_unknown_class_has_no_layout() -> None:
    assert find_layout(nn.Linear(2, 2)) is None
    assert find_layout(network_of(LAYOUTS["Flux"], class_name="Flux3")) is None


@pytest.mark.parametrize("name", ["Flux", "Chroma", "HunyuanVideo", "WanModel", "NextDiT"])
def test_what_other_nodes_put_between_blocks_is_refused_but_at_hidden(name: str) -> None:
    layout = LAYOUTS[name]
    replaced = {"patches_replace": {"dit": {("double_block", 0): object()}}}
    assert refusals(layout) == [None] * 4
    assert refusals(layout, transformer_options={}) == [None] * 4
    assert refusals(layout, control={"input": []}) == [CONTROL] * 3 + [None]
    assert refusals(layout, transformer_options=replaced) == [PATCHES] * 3 + [None]
    for kind in ("post_input", "noise_refiner", "double_block", "single_block"):
        patched = {"patches": {kind: [object()]}}
        assert refusals(layout, transformer_options=patched) == [PATCHES] * 3 + [None]


def test_patches_inside_of_blocks_are_refused_nowhere() -> None:
    patched = {"patches": {"attn1_patch": [object()]}, "patches_replace": {"attn1": {}}}
    assert refusals(LAYOUTS["WanModel"], transformer_options=patched) == [None] * 4


@pytest.mark.parametrize("name", ["WanModel", "CameraWanModel", "LTXVModel"])
def test_a_timestep_for_every_token_is_refused_at_module_alone(name: str) -> None:
    reason = "a timestep for every token (gates differ from token to token)"
    assert refusals(LAYOUTS[name], timestep=torch.zeros(2)) == [None] * 4
    assert refusals(LAYOUTS[name], timestep=torch.zeros(2, 3)) == [reason, None, None, None]


@pytest.mark.parametrize(
    ("name", "argument", "reason"),
    [
        (
            "HunyuanVideo",
            "ref_latent",
            "a reference latent (its tokens go through the blocks but not to the head)",
        ),
        ("WanModel_S2V", "audio_embed", "audio (it is added between the blocks)"),
        ("AnimateWanModel", "face_pixel_values", "a face (it is added between the blocks)"),
    ],
)
def test_what_the_class_itself_puts_between_blocks_is_refused_but_at_hidden(
    name: str, argument: str, reason: str
) -> None:
    given = {argument: torch.zeros(1)}
    assert refusals(LAYOUTS[name], **given) == [reason] * 3 + [None]
    assert refusals(LAYOUTS[name], **{argument: None}) == [None] * 4


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("VaceWanModel", "VACE (its own blocks add between the blocks)"),
        ("MMDiT", "AuraFlow (its head is modulated before it is a module)"),
    ],
)
def test_classes_whose_head_gets_more_are_refused_but_at_hidden(name: str, reason: str) -> None:
    assert refusals(LAYOUTS[name]) == [reason] * 3 + [None]


def test_audio_in_humo_is_refused_at_module_alone() -> None:
    reason = "audio (its attention is no branch of its own)"
    given = refusals(LAYOUTS["HumoWanModel"], audio_embed=torch.zeros(1))
    assert given == [reason, None, None, None]


def test_references_of_qwen_image_are_refused_at_module_when_at_timestep_zero() -> None:
    layout = LAYOUTS["QwenImageTransformer2DModel"]
    reason = "reference latents at timestep zero (gates differ from token to token)"
    references = [torch.zeros(2, 4, 8, 8)]
    at_zero = "index_timestep_zero"
    assert refusals(layout, ref_latents=references) == [None] * 4
    assert refusals(layout, ref_latents_method=at_zero) == [None] * 4
    refused = refusals(layout, ref_latents=references, ref_latents_method=at_zero)
    assert refused == [reason, None, None, None]


def test_sides_are_padded_to_whole_patches() -> None:
    # 7 x 5 in patches of 2 x 2: 4 x 3. With 3 frames of one each: 36.
    assert patches(torch.zeros(1, 16, 7, 5), (2, 2)) == 12
    assert patches(torch.zeros(1, 16, 3, 7, 5), (1, 2, 2)) == 36


def test_image_tokens_come_before_or_behind_the_text() -> None:
    stream = torch.arange(5).reshape(1, 5, 1)
    given = {IMAGE_TOKENS: 2}
    assert image_first(stream, given).flatten().tolist() == [0, 1]
    assert image_last(stream, given).flatten().tolist() == [3, 4]
    assert image_last(stream, {IMAGE_TOKENS: 0}).numel() == 0


def test_flux_counts_the_pictures_that_it_refers_to() -> None:
    layout = LAYOUTS["Flux"]
    network: Any = network_of(layout)
    network.patch_size = 2
    given = {"x": torch.zeros(1, 16, 8, 6), "ref_latents": [torch.zeros(1, 16, 4, 4)]}
    assert layout.image_tokens is not None
    # 4 x 3 and 2 x 2.
    assert layout.image_tokens(network, given) == 16
    assert layout.image_tokens(network, {"x": given["x"], "ref_latents": None}) == 12
