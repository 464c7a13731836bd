"""What the contestants do, on a DiT of three blocks."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from forecache_bench.diffusers.catalog import COMMAND_LINE  # noqa: E402 - after the check for peers
from forecache_bench.diffusers.contestants import (  # noqa: E402
    UNCACHED,
    Contestant,
    Unavailable,
    line_up,
)
from forecache_bench.diffusers.contestants.diffusers_taylorseer import (  # noqa: E402
    diffusers_contestants,
    hooked_modules,
)
from forecache_bench.diffusers.contestants.recursion import (  # noqa: E402
    Differences,
    recursion_contestants,
)
from forecache_bench.diffusers.measure import Bench, Entry  # noqa: E402
from forecache_bench.diffusers.networks import build_network, share_weights  # noqa: E402
from forecache_bench.diffusers.schedule import Schedule  # noqa: E402

CPU = torch.device("cpu")
FULL_CALLS = (0, 1, 2, 4, 9)
SCHEDULE = Schedule(steps=11)
PEERS = [UNCACHED, *recursion_contestants([1, 2]), *diffusers_contestants([1, 2])]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return checked("dit", PEERS)


def checked(model: str, contestants: list[Contestant]) -> dict[str, Entry]:
    bench = Bench(build_network(model, "tiny", CPU), SCHEDULE, lambda _line: None)
    bench.check(contestants)
    bench.time_rounds(1)
    bench.close()
    return {entry.row.name: entry for entry in bench.entries}


def test_the_schedule_is_the_one_that_diffusers_configuration_gives() -> None:
    assert SCHEDULE.full_calls == FULL_CALLS
    assert SCHEDULE.full_mask == [1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0]
    # Interval 5 counts on from call 4, which only the mask makes full.
    assert SCHEDULE.forecache_options["step_mask"] == "00001000000"


@pytest.mark.parametrize("contestant", [peer for peer in PEERS[1:] if "comes" not in peer.name])
def test_full_calls_are_those_of_the_schedule_and_bit_identical(
    entries: dict[str, Entry], contestant: Contestant
) -> None:
    errors = entries[contestant.name].row.errors
    exact = tuple(call for call, error in enumerate(errors) if error == 0.0)
    assert exact == FULL_CALLS


def test_diffusers_as_it_comes_hooks_nothing_on_dit(entries: dict[str, Entry]) -> None:
    row = entries["Diffusers, as it comes, order 1"].row
    assert row.operations == entries["uncached"].row.operations
    assert row.stored_bytes == 0
    assert set(row.errors) == {0.0}


def test_diffusers_with_every_branch_named_hooks_two_modules_a_block(
    entries: dict[str, Entry],
) -> None:
    bench = Bench(build_network("dit", "tiny", CPU), SCHEDULE, lambda _line: None)
    entry = bench._enter(diffusers_contestants([1])[1])
    installed = entry.contestant.install(entry.pipeline, bench.network, SCHEDULE)
    hooked = hooked_modules(entry.pipeline.transformer)
    assert hooked == [
        f"transformer_blocks.{i}.{name}" for i in range(3) for name in ("attn1", "ff")
    ]
    installed.remove()
    assert hooked_modules(entry.pipeline.transformer) == []


def test_diffusers_lite_is_broken_on_dit(entries: dict[str, Entry]) -> None:
    # Blocks give zeros, and no module is named `proj_out` that could make up for it.
    assert entries["Diffusers, lite, order 1"].row.errors[3] > 0.5


@pytest.mark.parametrize("order", [1, 2])
def test_diffusers_and_the_recursion_compute_the_same(
    entries: dict[str, Entry], order: int
) -> None:
    ours = entries[f"authors' recursion, order {order}"].outputs
    theirs = entries[f"Diffusers, every branch named, order {order}"].outputs
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["authors' recursion", "Diffusers, every branch named"])
@pytest.mark.parametrize("order", [1, 2])
def test_stored_bytes_are_one_copy_for_each_difference(
    entries: dict[str, Entry], name: str, order: int
) -> None:
    row = entries[f"{name}, order {order}"].row
    # 6 branches of 2 rows of 16 tokens of width 16, four bytes each.
    assert row.copy_bytes == 6 * 2 * 16 * 16 * 4
    assert row.stored_bytes == (order + 1) * row.copy_bytes


def test_a_timed_run_has_a_time_for_every_call(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        (run,) = entry.row.runs
        assert len(run.calls) == SCHEDULE.steps
        assert 0 < sum(run.calls) <= run.run


def test_a_contestant_that_cannot_run_says_why_and_the_others_run() -> None:
    def refuse(*_: Any) -> Any:
        raise Unavailable("not on this planet")

    absent = Contestant("absent", "nobody", "nothing", 1, refuse)
    measured = checked("dit", [UNCACHED, absent, PEERS[1]])
    assert measured["absent"].row.unavailable == "not on this planet"
    assert measured["absent"].row.runs == []
    assert len(measured[PEERS[1].name].row.runs) == 1


@pytest.mark.parametrize("model", ["flux", "hunyuan-video"])
def test_other_families_run_with_every_branch_named(model: str) -> None:
    measured = checked(model, [UNCACHED, diffusers_contestants([1])[1]])
    row = measured["Diffusers, every branch named, order 1"].row
    assert tuple(call for call, error in enumerate(row.errors) if error == 0.0) == FULL_CALLS
    assert row.operations < 0.7 * measured["uncached"].row.operations
    assert max(row.errors) < 0.5


def test_cache_dit_keeps_to_the_schedule_or_says_that_it_is_not_here() -> None:
    contestants = [one for one in line_up([1]) if one.peer == "cache-dit"]
    row = checked("dit", [UNCACHED, *contestants])["cache-dit F1B0, order 1"].row
    if find_spec("cache_dit") is None:
        assert row.unavailable == "cache-dit cannot be imported: No module named 'cache_dit'"
        return
    inexact = tuple(call for call, error in enumerate(row.errors) if error > 1e-5)
    assert inexact == tuple(call for call in range(SCHEDULE.steps) if call not in FULL_CALLS)


@pytest.mark.parametrize("order", [1, 2])
def test_forecache_at_module_computes_what_the_recursion_does(
    entries: dict[str, Entry], order: int
) -> None:
    pytest.importorskip("forecache")
    if not COMMAND_LINE.exists():
        pytest.skip("the sidecar is not built")
    ours = [one for one in line_up([order]) if one.name.startswith("forecache module")]
    measured = checked("dit", [UNCACHED, *ours])[f"forecache module, order {order}"]
    recursion = entries[f"authors' recursion, order {order}"]
    assert measured.row.unavailable is None
    assert measured.row.operations < entries["uncached"].row.operations
    for one, other in zip(measured.outputs, recursion.outputs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_a_run_of_forecache_that_forecasts_nothing_is_not_measured(tmp_path: Path) -> None:
    pytest.importorskip("forecache")
    nobody = f"unix:{tmp_path}/nobody.sock"
    ours = [one for one in line_up([1], nobody) if one.name.startswith("forecache hidden")]
    row = checked("dit", [UNCACHED, *ours])["forecache hidden, order 1"].row
    assert row.unavailable is not None
    assert row.unavailable.startswith("nothing was forecast: ")
    assert row.runs == []


def test_contestants_share_weights_and_not_modules() -> None:
    network = build_network("dit", "tiny", CPU).transformer
    other = share_weights(network)
    assert other is not network
    pairs = list(zip(network.parameters(), other.parameters(), strict=True))
    assert pairs
    assert all(one is two for one, two in pairs)


def test_the_recursion_of_order_one_is_exact_on_a_line() -> None:
    # F(t) = 2 + 3 t, known at calls 1 and 4: the slope is 9 / 3, so F(6) = 14 + 2 * 3.
    differences = Differences(order=1)
    for call in (1, 4):
        differences.update(torch.tensor([2.0 + 3.0 * call]), call)
    assert differences.forecast(6).item() == 20.0


@pytest.mark.parametrize(
    ("model", "size", "message"),
    [
        ("unet", "tiny", "model must be one of dit, flux, hunyuan-video, got unet"),
        ("dit", "huge", "size must be one of tiny, small, full, got huge"),
    ],
)
def test_an_unknown_network_is_refused(model: str, size: str, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is asserted below
        build_network(model, size, CPU)
    assert str(error.value) == message
