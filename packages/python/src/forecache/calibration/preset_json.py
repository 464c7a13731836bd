"""Presets as JSON: `{"format": "forecache preset", "version": 1, ...}`, checked when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from forecache.calibration.preset_content import (
    PresetContent,
    PresetIdentity,
    PresetProvenance,
    PresetVariant,
)
from forecache.client.answers import LARGEST_FLOAT32, MAX_WEIGHTS
from forecache.errors import ForecacheError
from forecache.plan import Granularity

FORMAT = "forecache preset"
VERSION = 1


def print_preset(content: PresetContent) -> dict[str, object]:
    """The JSON object of a preset's file."""
    identity, provenance = content.identity, content.provenance
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": content.name,
        "identity": {
            "model": identity.model,
            "sampler": identity.sampler,
            "steps": identity.steps,
            "calls": identity.calls,
            "timesteps": list(identity.timesteps),
            "guidance": identity.guidance,
            "size": identity.size,
        },
        "granularity": content.granularity.value,
        "provenance": {
            "runs": provenance.runs,
            "seeds": list(provenance.seeds),
            "heldOutRuns": provenance.held_out_runs,
            "note": provenance.note,
        },
        "variants": [
            {
                "fullCalls": list(variant.full_calls),
                "weights": [list(weights) for weights in variant.weights],
                "relativeError": variant.relative_error,
                "psnr": variant.psnr,
            }
            for variant in content.variants
        ],
    }


def read_preset(content: object) -> PresetContent:
    """The preset that a file's JSON describes. Raises ForecacheError naming field and rule."""
    top = _object(content, "preset")
    if top.get("format") != FORMAT or top.get("version") != VERSION:
        found = {"format": top.get("format"), "version": top.get("version")}
        raise _broken("preset", f'"{FORMAT}" of version {VERSION}', found)
    identity = _identity(_object(top.get("identity"), "identity"))
    variants = _list(top.get("variants"), "variants")
    if not variants:
        raise _broken("variants", "at least one", variants)
    return PresetContent(
        name=_text(top.get("name"), "name"),
        identity=identity,
        provenance=_provenance(_object(top.get("provenance"), "provenance")),
        variants=tuple(
            _variant(each, identity.calls, f"variants[{index}]")
            for index, each in enumerate(variants)
        ),
        granularity=_granularity(top.get("granularity")),
    )


def _identity(found: Mapping[str, Any]) -> PresetIdentity:
    return PresetIdentity(
        model=_text(found.get("model"), "identity.model"),
        sampler=_text(found.get("sampler"), "identity.sampler"),
        steps=_integer(found.get("steps"), "identity.steps", 1),
        calls=_integer(found.get("calls"), "identity.calls", 1),
        timesteps=_timesteps(found.get("timesteps"), found.get("calls")),
        guidance=_number_or_none(found.get("guidance"), "identity.guidance"),
        size=_text(found.get("size"), "identity.size"),
    )


def _timesteps(content: object, calls: object) -> tuple[float, ...]:
    name = "identity.timesteps"
    values = _list(content, name)
    if len(values) not in (0, calls):
        raise _broken(name, f"empty or one a call ({calls})", values)
    return tuple(_number(value, f"{name}[{index}]") for index, value in enumerate(values))


def _provenance(found: Mapping[str, Any]) -> PresetProvenance:
    seeds = _list(found.get("seeds"), "provenance.seeds")
    return PresetProvenance(
        runs=_integer(found.get("runs"), "provenance.runs", 0),
        seeds=tuple(
            _integer(seed, f"provenance.seeds[{index}]") for index, seed in enumerate(seeds)
        ),
        held_out_runs=_integer(found.get("heldOutRuns"), "provenance.heldOutRuns", 0),
        note=_text(found.get("note"), "provenance.note"),
    )


def _variant(content: object, calls: int, name: str) -> PresetVariant:
    found = _object(content, name)
    full = tuple(
        _integer(call, f"{name}.fullCalls[{index}]", 0)
        for index, call in enumerate(_list(found.get("fullCalls"), f"{name}.fullCalls"))
    )
    if list(full) != sorted(set(full)) or full[:1] != (0,) or full[-1] >= calls:
        rule = f"rising call indices below {calls}, the first 0"
        raise _broken(f"{name}.fullCalls", rule, list(full))
    return PresetVariant(
        full_calls=full,
        weights=_weights(found.get("weights"), full, calls, f"{name}.weights"),
        relative_error=_number_or_none(found.get("relativeError"), f"{name}.relativeError"),
        psnr=_number_or_none(found.get("psnr"), f"{name}.psnr"),
    )


def _weights(
    content: object, full: tuple[int, ...], calls: int, name: str
) -> tuple[tuple[float, ...], ...]:
    entries = _list(content, name)
    skipped = [call for call in range(calls) if call not in full]
    if len(entries) != len(skipped):
        raise _broken(f"{name}.length", f"one a skipped call ({len(skipped)})", len(entries))
    weights = []
    for index, (entry, call) in enumerate(zip(entries, skipped, strict=True)):
        known = min(MAX_WEIGHTS, sum(each < call for each in full))
        values = _list(entry, f"{name}[{index}]")
        if not 1 <= len(values) <= known:
            raise _broken(f"{name}[{index}]", f"1 to {known} numbers", values)
        weights.append(
            tuple(_number(value, f"{name}[{index}][{at}]") for at, value in enumerate(values))
        )
    return tuple(weights)


def _granularity(value: object) -> Granularity:
    known = [each.value for each in Granularity]
    if value not in known:
        raise _broken("granularity", f"one of {', '.join(known)}", value)
    return Granularity(value)


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _broken(name, "an object", value)
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise _broken(name, "a list", value)
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _broken(name, "a text", value)
    return value


def _integer(value: object, name: str, least: int | None = None) -> int:
    rule = "an integer" if least is None else f"an integer >= {least}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise _broken(name, rule, value)
    if least is not None and value < least:
        raise _broken(name, rule, value)
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _broken(name, "a finite number", value)
    if not abs(value) <= LARGEST_FLOAT32:
        raise _broken(name, "a finite number", value)
    return float(value)


def _number_or_none(value: object, name: str) -> float | None:
    return None if value is None else _number(value, name)


def _broken(name: str, rule: str, value: object) -> ForecacheError:
    return ForecacheError(f"{name} must be {rule}, got {json.dumps(value)}")
