from __future__ import annotations

import json

import pytest

from forecache_demo_model.json_file import layout


def test_layout_keeps_short_values_and_vectors_on_a_line() -> None:
    value = {"a": {"b": [1, 2]}, "rows": [[0.5] * 60, [0.25] * 60], "name": "x" * 80}
    text = layout(value)
    assert json.loads(text) == value
    # Two braces, a, name; rows takes its two brackets and two rows.
    assert len(text.splitlines()) == 8
    assert '  "a": { "b": [1, 2] },' in text.splitlines()


def test_layout_refuses_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        layout({"a": float("nan")})
