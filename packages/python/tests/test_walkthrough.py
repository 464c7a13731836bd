"""Runs the walk-through of the documentation and compares what it prints."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
MAIN = REPOSITORY / "apps" / "sidecar" / "dist" / "main.js"
PAGE = REPOSITORY / "docs" / "diffusers-walkthrough.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_page_prints_what_it_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FORECACHE_SIDECAR_MAIN", str(MAIN))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    names: dict[str, Any] = {"__name__": "walkthrough"}
    printed = expected = ""
    for kind, text in BLOCK.findall(PAGE.read_text()):
        if kind == "text":
            expected += text
            assert printed == expected
            continue
        output = StringIO()
        with redirect_stdout(output):
            exec(compile(text, str(PAGE), "exec"), names)
        printed += output.getvalue()
    assert len(expected.splitlines()) == 10
    assert printed == expected
