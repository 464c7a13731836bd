"""What the numbers were measured on, and how busy the machine was with other work."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch

PACKAGES = ("torch", "diffusers", "cache-dit", "forecache")


@dataclass(frozen=True)
class Machine:
    """Facts of a machine. `load_before`: runnable processes in the minute before the benchmark."""

    processor: str
    cores: int
    threads: int
    memory_gib: int
    system: str
    device: str
    load_before: float


def describe_machine(device: torch.device) -> Machine:
    """Facts of this machine, now. Call it before the work starts."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 0,
        threads=torch.get_num_threads(),
        memory_gib=round(pages / 2**30),
        system=f"{platform.system()} {platform.release()}",
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        load_before=round(os.getloadavg()[0], 2),
    )


def package_versions() -> dict[str, str]:
    """Versions of the packages that were compared; those not installed are left out."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _busy_seconds() -> float | None:
    """Processor seconds that all processes have used so far, or None where nobody tells."""
    try:
        fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, interrupt, soft_interrupt, steal = map(int, fields[:8])
    ticks = user + nice + system + interrupt + soft_interrupt + steal
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class OtherWork:
    """Share of the machine's processor time that other processes used since this was made."""

    wall: float = field(default_factory=time.perf_counter)
    own: float = field(default_factory=time.process_time)
    busy: float | None = field(default_factory=_busy_seconds)

    def share(self) -> float | None:
        """0: nobody else worked, 1: only others did; None where it cannot be read."""
        busy = _busy_seconds()
        if busy is None or self.busy is None:
            return None
        wall = (time.perf_counter() - self.wall) * (os.cpu_count() or 1)
        others = (busy - self.busy) - (time.process_time() - self.own)
        return round(min(1.0, max(0.0, others / wall)), 3) if wall > 0 else None
