"""From times to the page, with numbers that can be checked in the head."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from forecache_bench.diffusers.__main__ import main  # noqa: E402 - after the check for torch
from forecache_bench.diffusers.machine import OtherWork  # noqa: E402
from forecache_bench.diffusers.memory import StoredBytes  # noqa: E402
from forecache_bench.diffusers.physical_limit import PhysicalLimit  # noqa: E402
from forecache_bench.diffusers.report import BusyMachineError, render_page  # noqa: E402
from forecache_bench.diffusers.summary import spread, summarise  # noqa: E402


def row(name: str, **values: Any) -> dict[str, Any]:
    return {
        "name": name,
        "peer": "",
        "kept": "module",
        "order": 1,
        "copy_bytes": 1024,
        "stored_bytes": 2048,
        "operations": 400,
        "errors": [0.0, 0.0, 0.0, 0.0],
        "runs": [],
        "limits": [],
        "device_peak_bytes": None,
        "unavailable": None,
        **values,
    }


def record(**values: Any) -> dict[str, Any]:
    uncached = {"calls": [1.0, 1.0, 1.0, 1.0], "run": 4.0}
    cached = {"calls": [1.0, 1.5, 0.25, 0.25], "run": 2.0}
    return {
        "date": "2026-01-02",
        "machine": {
            "processor": "Abacus",
            "cores": 2,
            "threads": 2,
            "memory_gib": 24,
            "system": "Linux 6",
            "device": "cpu",
            "load_before": 0.1,
        },
        "others_share": 0.05,
        "versions": {"torch": "2.13.0"},
        "network": {"title": "DiT", "dtype": "float32"},
        "schedule": {"steps": 4, "interval": 5, "warmup": 2, "full_calls": [0, 1]},
        "rounds": 1,
        "compiler": None,
        "catalog_speedup": 1.98,
        "rows": [
            row("uncached", runs=[uncached], stored_bytes=0, copy_bytes=0),
            row(
                "forecache module, order 1",
                runs=[cached],
                operations=200,
                errors=[0.0, 0.0, 0.1, 0.3],
                limits=[0.125],
            ),
            row("Diffusers, as it comes, order 1", runs=[uncached], stored_bytes=0, copy_bytes=0),
            row("cache-dit F1B0, order 1", unavailable="cache-dit cannot be imported: no"),
        ],
        "agreements": [
            {
                "first": "forecache module, order 1",
                "second": "authors' recursion, order 1",
                "distance": 2e-7,
            }
        ],
        **values,
    }


def test_a_summary_holds_the_ratios_of_a_round() -> None:
    _, ours, idle = summarise(record())
    # 4 s over 2 s for 400 operations over 200: every saved operation saved its time.
    assert ours.latency.median == 2.0
    assert ours.flops == 2.0
    assert ours.efficiency == 1.0
    assert ours.efficiency_of_minima == 1.0
    # A forecast call of 0.25 s is twice the limit of 0.125 s.
    assert ours.limit_ratio == ours.limit_ratio_of_minima == 2.0
    # Full calls took 1 and 1.5 times the uncached ones.
    assert (ours.full_ratio.minimum, ours.full_ratio.median) == (1.0, 1.25)
    assert ours.error == pytest.approx(0.2)
    assert not idle.skips
    assert idle.efficiency is None


def test_a_spread_of_one_value_is_that_value() -> None:
    assert spread([3.0]) == spread([3.0, 3.0, 3.0])


def test_the_page_says_what_the_numbers_say() -> None:
    page = render_page(record())
    assert "| forecache module, order 1 | 1.00 s / 1.25 s | 1.25 (1.00 – 1.50) |" in page
    assert "`Diffusers, as it comes, order 1` skips nothing on this model" in page
    assert "Contestants of one equation compute the same: at most 2.0e-07 apart" in page
    assert "- cache-dit F1B0, order 1: cache-dit cannot be imported: no" in page
    assert "gives this plan 1.98× in FLOPs" in page
    assert "The machine was busy" not in page


def test_contestants_of_one_equation_that_differ_are_named_so() -> None:
    apart = {"first": "forecache module, order 1", "second": "authors' recursion, order 1"}
    page = render_page(record(agreements=[{**apart, "distance": 2e-3}]))
    assert "Contestants of one equation do NOT compute the same: at most 2.0e-03 apart" in page


@pytest.mark.parametrize(("share", "said"), [(0.4, "40%"), (None, "an unknown share")])
def test_numbers_from_a_busy_machine_are_not_published(share: float | None, said: str) -> None:
    with pytest.raises(BusyMachineError) as error:
        render_page(record(others_share=share))
    assert str(error.value) == (
        f"other processes must use at most 10% of the processors, got {said}; "
        "measure again on a quiet machine, or publish with --force"
    )
    assert "The machine was busy" in render_page(record(others_share=share), force=True)


def test_stored_bytes_count_whole_storages_once_and_nothing_that_was_there() -> None:
    before = torch.zeros(1000)
    with StoredBytes() as stored:
        kept = torch.zeros(256)
        views = [kept[:1], before[:1]]
        passing = torch.zeros(10_000)
        loop = [torch.zeros(5000)]
        del passing
        stored.look(without=loop)
    assert len(views) == 2
    assert stored.peak == 1024


@pytest.mark.parametrize("slots", [1, 2, 3, 5])
def test_the_physical_limit_takes_time_at_every_history_size(slots: int) -> None:
    limit = PhysicalLimit(4096, slots, torch.device("cpu"))
    assert limit.seconds() > 0


def test_other_work_is_a_share() -> None:
    share = OtherWork().share()
    assert share is None or 0 <= share <= 1


def test_the_command_measures_and_renders(tmp_path: Any, capsys: Any) -> None:
    json, page = tmp_path / "out.json", tmp_path / "page.md"
    common = ["--json", str(json)]
    rows = ["--size", "tiny", "--steps", "8", "--rounds", "1", "--orders", "1"]
    assert main([*common, *rows, "--threads", "1", "--rows", "recursion"]) == 0
    assert main([*common, "--render", str(page), "--force"]) == 0
    assert page.read_text().startswith("# Side by side in Diffusers\n")
    assert "round 1 of 1 done" in capsys.readouterr().err
