"""The wheel, as a user gets it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that was built just now."""
    target = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(build, cwd=PACKAGE, check=True, capture_output=True, timeout=120)
    [built] = target.glob("forecache-*.whl")
    return built


def test_the_wheel_has_code_types_stubs_and_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "forecache/py.typed",
        "forecache/diffusers/enabling.py",
        "forecache/diffusers/layouts/flux.py",
        "forecache/_generated/forecache/v1/cache_pb2.pyi",
    } <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_unpacked_wheel_works_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    script = "import forecache, forecache.client as c; print(forecache.enable.__name__, c.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.stdout.split() == ["enable", str(tmp_path / "forecache/client/__init__.py")]
