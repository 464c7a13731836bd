"""Workflows in ComfyUI's API format, with and without the nodes of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Workflow = dict[str, dict[str, Any]]

MODEL, PROMPT, LATENT, SAMPLER, SAVED = "1", "2", "3", "4", "5"
SIDECAR, FORECACHE, REPORT, EASY_CACHE = "10", "11", "12", "13"
GUIDER, KSAMPLER, SIGMAS, CALIBRATE = "20", "21", "22", "23"

DEFAULTS: Mapping[str, Any] = {
    "policy": "taylorseer",
    "interval": 3,
    "order": 1,
    "start_percent": 0.0,
    "end_percent": 1.0,
    "verbose": True,
}
"""Widgets of the `Forecache` node."""

ADVANCED: Mapping[str, Any] = {
    **DEFAULTS,
    "granularity": "output",
    "forecaster": "official",
    "warmup": 1,
    "tail": -1,
    "cache_device": "model device",
    "cache_dtype": "model",
    "options": "",
    "sidecar": [SIDECAR, 0],
}
"""Widgets of `ForecacheAdvanced`, with the sidecar's wire."""


@dataclass(frozen=True)
class Case:
    """A tiny model that is sampled and saved.

    pause_ms: least time of an evaluation.
    """

    kind: str = "wan"
    steps: int = 12
    seed: int = 1
    cfg: float = 3.0
    pause_ms: int = 0


def plain(case: Case) -> Workflow:
    """Model, prompts, sampler, file."""
    return {
        MODEL: node("TinyModel", kind=case.kind, pause_ms=case.pause_ms),
        PROMPT: node("TinyPrompt", kind=case.kind),
        LATENT: _latent(case.kind),
        SAMPLER: node(
            "KSampler",
            model=[MODEL, 0],
            seed=case.seed,
            steps=case.steps,
            cfg=case.cfg,
            sampler_name="euler",
            scheduler="simple",
            positive=[PROMPT, 0],
            negative=[PROMPT, 1],
            latent_image=[LATENT, 0],
            denoise=1.0,
        ),
        SAVED: node("SaveLatent", samples=[SAMPLER, 0], filename_prefix="tests/latent"),
    }


def with_node(case: Case, sidecar: Mapping[str, Any], **widgets: Any) -> Workflow:
    """With `ForecacheAdvanced`, its sidecar node and the report on the sampler's result.

    sidecar: `address` or `plan_file`.
    """
    workflow = plain(case)
    workflow[SIDECAR] = _sidecar(sidecar)
    workflow[FORECACHE] = node("ForecacheAdvanced", model=[MODEL, 0], **{**ADVANCED, **widgets})
    workflow[REPORT] = node("ForecacheReport", after=[SAMPLER, 0])
    workflow[SAMPLER]["inputs"]["model"] = [FORECACHE, 0]
    return workflow


def with_simple_node(case: Case, **widgets: Any) -> Workflow:
    """With the `Forecache` node alone, which looks for a sidecar itself."""
    workflow = plain(case)
    workflow[FORECACHE] = node("Forecache", model=[MODEL, 0], **{**DEFAULTS, **widgets})
    workflow[SAMPLER]["inputs"]["model"] = [FORECACHE, 0]
    return workflow


def calibration(case: Case, sidecar: Mapping[str, Any], **widgets: Any) -> Workflow:
    """What SamplerCustomAdvanced is given, into `ForecacheCalibrate`."""
    workflow = plain(case)
    del workflow[SAMPLER], workflow[SAVED]
    workflow[SIDECAR] = _sidecar(sidecar)
    prompts = {"positive": [PROMPT, 0], "negative": [PROMPT, 1]}
    workflow[GUIDER] = node("CFGGuider", model=[MODEL, 0], cfg=case.cfg, **prompts)
    workflow[KSAMPLER] = node("KSamplerSelect", sampler_name="euler")
    schedule = {"scheduler": "simple", "steps": case.steps, "denoise": 1.0}
    workflow[SIGMAS] = node("BasicScheduler", model=[MODEL, 0], **schedule)
    workflow[CALIBRATE] = node(
        "ForecacheCalibrate",
        guider=[GUIDER, 0],
        sampler=[KSAMPLER, 0],
        sigmas=[SIGMAS, 0],
        latent_image=[LATENT, 0],
        sidecar=[SIDECAR, 0],
        **widgets,
    )
    return workflow


def load_checkpoint(workflow: Workflow, file: str) -> Workflow:
    """The same workflow with a model that ComfyUI's own node loads from a file."""
    workflow[MODEL] = node("UNETLoader", unet_name=file, weight_dtype="default")
    return workflow


def add_easy_cache(workflow: Workflow, before: str) -> Workflow:
    """ComfyUI's EasyCache on the wire into this node."""
    wire = workflow[before]["inputs"]["model"]
    workflow[EASY_CACHE] = node(
        "EasyCache",
        model=wire,
        reuse_threshold=0.2,
        start_percent=0.0,
        end_percent=1.0,
        verbose=False,
    )
    workflow[before]["inputs"]["model"] = [EASY_CACHE, 0]
    return workflow


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    """A node of a workflow."""
    return {"class_type": class_type, "inputs": inputs}


def _sidecar(given: Mapping[str, Any]) -> dict[str, Any]:
    files = {"tls_root": "", "tls_certificate": "", "tls_key": ""}
    choice = {"address": "", "plan_file": "", "deadline_ms": 1000, **files, **given}
    return node("ForecacheSidecar", **choice)


def _latent(kind: str) -> dict[str, Any]:
    if kind in ("wan", "hunyuan-video"):
        return node("EmptyHunyuanLatentVideo", width=64, height=64, length=17, batch_size=1)
    return node("EmptySD3LatentImage", width=64, height=64, batch_size=1)
