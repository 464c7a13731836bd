"""JSON files that a person can read: one line for a vector, a matrix row or anything short."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

LINE_WIDTH = 100


def write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(layout(content) + "\n", encoding="utf-8")


def layout(value: object, indent: str = "", taken: int = 0) -> str:
    """`value` as JSON, as prettier would lay it out but for long vectors, which stay on one line.

    taken: characters of the key before `value`. NaN and infinities are refused.
    """
    line = _inline(value)
    is_row = isinstance(value, list) and not any(isinstance(part, list | dict) for part in value)
    fits = len(indent) + taken + len(line) + len(",") <= LINE_WIDTH
    if fits or is_row or not isinstance(value, list | dict):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        return _bracket("[", [layout(part, deeper) for part in value], "]", indent)
    named = [(f"{_inline(key)}: ", part) for key, part in value.items()]
    return _bracket("{", [key + layout(part, deeper, len(key)) for key, part in named], "}", indent)


def _inline(value: object) -> str:
    if isinstance(value, dict) and value:
        parts = (f"{_inline(key)}: {_inline(part)}" for key, part in value.items())
        return f"{{ {', '.join(parts)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _bracket(opening: str, parts: list[str], closing: str, indent: str) -> str:
    lines = ",\n".join(f"{indent}  {part}" for part in parts)
    return f"{opening}\n{lines}\n{indent}{closing}"
