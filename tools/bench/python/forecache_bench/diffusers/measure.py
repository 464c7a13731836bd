"""Takes the contestants through the same runs in turns and writes down what each call took."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from forecache_bench.diffusers.contestants import (
    UNCACHED,
    Contestant,
    Installed,
    Unavailable,
    feature_bytes,
)
from forecache_bench.diffusers.memory import StoredBytes
from forecache_bench.diffusers.networks import Network, share_weights
from forecache_bench.diffusers.operations import operation_counter
from forecache_bench.diffusers.physical_limit import PhysicalLimit
from forecache_bench.diffusers.sampling import CallTimes, SamplingPipeline
from forecache_bench.diffusers.schedule import Schedule

PASSES_A_ROUND = 3
"""Times that each physical limit is measured in a round."""

Say = Callable[[str], None]


@dataclass
class Timed:
    """One timed run: seconds of each call, and of the run with all that surrounds its calls."""

    calls: list[float]
    run: float


@dataclass
class Row:
    """What was measured of one contestant.

    stored_bytes: most bytes held between calls. operations: multiply-adds times two of a whole run.
    errors: relative L2 distance of each call's output to the uncached model's. limits: see
        `PhysicalLimit`.
    """

    name: str
    peer: str
    kept: str
    order: int
    copy_bytes: int
    stored_bytes: int = 0
    operations: int = 0
    errors: list[float] = field(default_factory=list)
    runs: list[Timed] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    device_peak_bytes: int | None = None
    unavailable: str | None = None


@dataclass
class Entry:
    """A contestant on its own module tree, with the outputs of its checked run on the CPU."""

    contestant: Contestant
    pipeline: SamplingPipeline
    row: Row
    installed: Installed | None = None
    outputs: list[Tensor] = field(default_factory=list)


class Bench:
    """All contestants over one network. Every run gets the inputs that the uncached run met.

    compiler: backend of torch.compile for every block, None: blocks run as they are.
    """

    def __init__(
        self, network: Network, schedule: Schedule, say: Say, compiler: str | None = None
    ) -> None:
        self.network, self.schedule, self.say = network, schedule, say
        self.compiler = compiler
        self.trajectory: Sequence[Tensor] | None = None
        self.entries: list[Entry] = []

    def check(self, contestants: Sequence[Contestant]) -> None:
        """One run each, not timed: memory, operations, outputs. The uncached model comes first."""
        reference: list[Tensor] = []
        for contestant in contestants:
            entry = self._enter(contestant)
            self.entries.append(entry)
            self._check_one(entry)
            if contestant is UNCACHED:
                reference = entry.outputs
            entry.row.errors = [
                relative_distance(output, true)
                for output, true in zip(entry.outputs, reference, strict=False)
            ]

    def time_rounds(self, rounds: int) -> None:
        """`rounds` times: every contestant one run, in turn, and the physical limits."""
        running = [
            (entry, entry.installed) for entry in self.entries if entry.installed is not None
        ]
        for index in range(rounds):
            for entry, installed in running:
                entry.row.runs.append(self._timed_run(entry, installed))
            self._time_limits([entry.row for entry, _ in running])
            self.say(f"round {index + 1} of {rounds} done")

    def close(self) -> None:
        """Takes every contestant off."""
        for entry in self.entries:
            if entry.installed is not None:
                entry.installed.remove()

    def _enter(self, contestant: Contestant) -> Entry:
        transformer = share_weights(self.network.transformer)
        if self.compiler is not None:
            _compile_blocks(transformer, self.compiler)
        row = Row(
            contestant.name,
            contestant.peer,
            contestant.kept,
            contestant.order,
            feature_bytes(contestant, self.network),
        )
        return Entry(contestant, SamplingPipeline(transformer, self.network.scheduler()), row)

    def _check_one(self, entry: Entry) -> None:
        before = self._device_bytes()
        try:
            with StoredBytes() as stored:
                entry.installed = entry.contestant.install(
                    entry.pipeline, self.network, self.schedule
                )
                self._checked_run(entry, entry.installed, stored)
                entry.installed.assert_at_work()
        except Unavailable as reason:
            self._withdraw(entry, str(reason))
            return
        except torch.OutOfMemoryError:
            self._withdraw(entry, "does not fit the device's memory")
            return
        entry.row.stored_bytes = stored.peak
        if before is not None:
            peak = torch.cuda.max_memory_allocated(self.network.device)
            entry.row.device_peak_bytes = peak - before
        self.say(f"{entry.row.name}: checked")

    def _withdraw(self, entry: Entry, reason: str) -> None:
        if entry.installed is not None:
            entry.installed.remove()
        entry.installed, entry.outputs = None, []
        entry.row.operations, entry.row.unavailable = 0, reason
        self.say(f"{entry.row.name}: {reason}")

    def _checked_run(self, entry: Entry, installed: Installed, stored: StoredBytes) -> None:
        def look(output: Tensor, loop: list[Tensor]) -> None:
            stored.look(without=[*loop, *entry.outputs])
            entry.outputs.append(output.detach().to("cpu", torch.float32, copy=True))

        with operation_counter() as counter:
            installed.begin_run()
            seen = entry.pipeline(
                self.network.inputs,
                self.schedule.steps,
                CallTimes(self.network.device),
                self.trajectory,
                look,
            )
        installed.end_run()
        entry.row.operations = int(counter.get_total_flops())
        if self.trajectory is None:
            self.trajectory = seen

    def _timed_run(self, entry: Entry, installed: Installed) -> Timed:
        times = CallTimes(self.network.device)
        self._wait()
        started = time.perf_counter()
        installed.begin_run()
        entry.pipeline(self.network.inputs, self.schedule.steps, times, self.trajectory)
        self._wait()
        run = time.perf_counter() - started
        installed.end_run()
        return Timed(times.seconds(), run)

    def _time_limits(self, rows: Sequence[Row]) -> None:
        measured: dict[tuple[int, int], list[float]] = {}
        for row in rows:
            size = (row.copy_bytes, row.order + 1)
            if size[0] == 0:
                continue
            if size not in measured:
                limit = PhysicalLimit(*size, self.network.device)
                measured[size] = [limit.seconds() for _ in range(PASSES_A_ROUND)]
                limit.release()
            row.limits.extend(measured[size])

    def _wait(self) -> None:
        if self.network.device.type == "cuda":
            torch.cuda.synchronize(self.network.device)

    def _device_bytes(self) -> int | None:
        """Bytes allocated now; the peak counts from here. None on the CPU."""
        if self.network.device.type != "cuda":
            return None
        torch.cuda.reset_peak_memory_stats(self.network.device)
        return torch.cuda.memory_allocated(self.network.device)


def _compile_blocks(transformer: nn.Module, compiler: str) -> None:
    """Compiles each block by itself, which leaves hooks between blocks their place."""
    for child in transformer.children():
        if isinstance(child, nn.ModuleList):
            for block in child:
                block.compile(backend=compiler)


def relative_distance(values: Tensor, reference: Tensor) -> float:
    """`|values - reference| / |reference|`, Euclidean."""
    return float((values - reference).norm() / reference.norm())
