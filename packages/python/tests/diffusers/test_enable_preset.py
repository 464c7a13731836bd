"""`enable(pipe, preset=...)`: a preset of one's own without a sidecar, a name with one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_sources import FakeSource, taylor_source
from tiny_pipelines import flux_pipeline, generate

import forecache
from forecache import ForecacheError
from forecache.calibration import Preset, PresetIdentity, PresetProvenance, PresetVariant
from forecache.client import SidecarSource
from forecache.diffusers.preset_variant import choose_variant
from forecache.plan import FULL, Granularity

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from sidecar_server import SidecarServer

CALLS = 8
LINE = (2.0, -1.0)


def variant(*full: int, error: float | None = None, psnr: float | None = None) -> PresetVariant:
    weights = tuple(LINE if call > 1 else (1.0,) for call in range(CALLS) if call not in full)
    return PresetVariant(full, weights, error, psnr)


PRESET = Preset(
    name="toy-8",
    identity=PresetIdentity("toy", "FlowMatchEulerDiscreteScheduler", CALLS, CALLS),
    provenance=PresetProvenance(2),
    variants=(
        variant(0, 1, error=0.5, psnr=30),
        variant(0, 1, 4, error=0.04, psnr=41),
        variant(0, 1, 3, 5, error=0.01, psnr=50),
    ),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("presets")
    PRESET.save(folder / "toy-8.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORECACHE_PRESETS", str(folder))
        server = SidecarServer(f"unix:{tmp_path_factory.mktemp('sidecar') / 's.sock'}")
    yield server.addresses[0]
    server.stop()


def refused(**options: Any) -> str:
    pipe, _ = flux_pipeline(CALLS)
    with pytest.raises(ForecacheError) as caught:
        forecache.enable(pipe, **options)
    with pytest.raises(ForecacheError, match="must be enabled"):
        forecache.stats(pipe)
    return str(caught.value)


def full_calls(**options: Any) -> tuple[dict[str, int], str]:
    pipe, call = flux_pipeline(CALLS)
    with forecache.enabled(pipe, **options) as handle:
        generate(pipe, call)
        stats = handle.stats()
    assert (stats.reasons, stats.granularity) == ({}, "output")
    return stats.full_calls, stats.policy


def test_a_preset_needs_no_sidecar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody listens there: whoever asks gets no plan.
    monkeypatch.setenv("FORECACHE_SIDECAR", f"unix:{tmp_path / 'nobody.sock'}")
    file = tmp_path / "toy-8.json"
    PRESET.save(file)
    expected = ({"cond": 3}, "preset(toy-8, full_calls=3)")
    for preset in (PRESET, file, str(file)):
        assert full_calls(preset=preset, full_calls=3) == expected


def test_a_name_is_the_sidecars(address: str) -> None:
    expected = ({"cond": 4}, "preset(toy-8, full_calls=4)")
    assert full_calls(preset="toy-8", max_error="1%", sidecar=address) == expected
    source = SidecarSource(address, deadline_ms=10_000, connect_timeout_ms=10_000)
    assert full_calls(preset="toy-8", max_error=1, sidecar=source) == expected
    assert full_calls(policy="preset", preset="toy-8", full_calls=4, sidecar=source) == expected
    source.close()


@pytest.mark.parametrize(
    "wish",
    [{}, {"full_calls": 2}, {"max_error": "5%"}, {"max_error": 5}, {"target_psnr": 45}],
)
def test_both_ways_choose_the_same_variant(address: str, wish: dict[str, Any]) -> None:
    of_sidecar = full_calls(preset="toy-8", sidecar=address, **wish)
    assert full_calls(preset=PRESET, **wish) == of_sidecar


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"full_calls": 5}, "full_calls must be one of 2, 3, 4, got 5"),
        (
            {"max_error": 0.5},
            "max_error must be an error in per cent that preset toy-8 has by full calls "
            "(2: 50 %, 3: 4 %, 4: 1 %), got 0.5",
        ),
        (
            {"target_psnr": 60},
            "target_psnr must be a PSNR in dB that preset toy-8 has by full calls "
            "(2: 30 dB, 3: 41 dB, 4: 50 dB), got 60",
        ),
    ],
)
def test_both_ways_refuse_in_the_same_words(address: str, wish: dict[str, Any], rule: str) -> None:
    assert refused(preset=PRESET, **wish) == rule
    assert refused(preset="toy-8", sidecar=address, **wish) == rule


@pytest.mark.parametrize("value", ["101%", -1, "1%%", "%", True, float("nan"), "1e999"])
def test_an_error_is_a_number_of_per_cent(value: object) -> None:
    assert refused(preset=PRESET, max_error=value) == (
        "max_error must be a number of per cent between 0 and 100, with or without the sign: "
        f"1% and 1 are the same, got {value!r}"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"policy": "fora", "preset": PRESET},
            "policy and preset both say what decides the calls: give one of them",
        ),
        (
            {"policy": "auto", "preset": "toy-8", "max_error": 1},
            "policy and preset both say what decides the calls: give one of them",
        ),
        (
            {"plan": "plan.json", "preset": "toy-8"},
            "plan and preset both say where plans come from: give one of them",
        ),
        (
            {"sidecar": PRESET.source(2), "preset": "toy-8"},
            "sidecar (a PresetSource) and preset both say where plans come from: give one of them",
        ),
        (
            {"sidecar": "unix:/nobody", "preset": PRESET},
            "sidecar and preset both say where plans come from, since a preset that is a file "
            "or an object needs no sidecar: give one of them",
        ),
        (
            {"preset": "toy-8", "full_calls": 3, "target_psnr": 40},
            "full_calls and target_psnr both choose the variant: give one of them",
        ),
        (
            {"full_calls": 3},
            "full_calls chooses a variant of a preset: give preset too",
        ),
        (
            {"policy": "fora", "target_psnr": 3},
            "target_psnr chooses a variant of a preset: give preset too",
        ),
        (
            {"max_error": "1%"},
            "max_error chooses a variant of a preset: give preset too, or policy='auto'",
        ),
        (
            {"preset": PRESET, "warmup": 2},
            "option of preset must be one of full_calls, max_error, target_psnr, got 'warmup'",
        ),
        ({"preset": PRESET, "full_calls": True}, "full_calls must be an integer >= 1, got True"),
        (
            {"preset": PRESET, "target_psnr": "0"},
            "target_psnr must be a finite number > 0, got '0'",
        ),
        ({"preset": 5}, "preset must be a name, a file or a Preset, got 5"),
        ({"preset": "./no.json"}, "preset ./no.json cannot be read: No such file or directory"),
        ({"preset": PRESET, "granularity": "hidden"}, "granularity must be one of output"),
    ],
)
def test_what_excludes_each_other_is_named(options: dict[str, Any], message: str) -> None:
    assert refused(**options).startswith(message)


def test_max_error_is_autos_budget() -> None:
    pipe, _ = flux_pipeline(CALLS)
    source = taylor_source()
    with forecache.enabled(pipe, "auto", max_error="1%", sidecar=source):
        assert source.trials[0].request.policy.options == {"max_error": "1%"}


def test_tensors_are_stored_as_the_user_says() -> None:
    expected = ({"cond": 3}, "preset(toy-8, full_calls=3)")
    assert full_calls(preset=PRESET, cache_dtype="model", taylor_factors_dtype=None) == expected


def test_a_preset_at_module_stays_there() -> None:
    pipe, _ = flux_pipeline(CALLS)
    source = FakeSource(lambda calls: [FULL] * calls, granularity=Granularity.MODULE)
    with forecache.enabled(pipe, "preset", sidecar=source):
        assert [run.request.granularity for run in source.trials] == [None]


def unmeasured(*counts: int) -> Preset:
    return replace(PRESET, variants=tuple(variant(*range(count)) for count in counts))


def test_without_a_wish_it_is_40_db_the_best_or_a_quarter() -> None:
    chosen = [
        PRESET,
        replace(PRESET, variants=PRESET.variants[:1]),
        replace(PRESET, variants=(variant(0, psnr=20), variant(0, 1, psnr=20))),
        # A quarter of 8 is 2; 1 and 3 are as near.
        unmeasured(1, 3, 5),
    ]
    counts = [len(choose_variant(preset, {}).full_calls) for preset in chosen]
    assert counts == [3, 2, 2, 3]


def test_what_was_not_measured_cannot_be_asked_for() -> None:
    with pytest.raises(ForecacheError, match=r"by full calls \(none measured\), got 1$"):
        choose_variant(unmeasured(2), {"max_error": "1 %"})
