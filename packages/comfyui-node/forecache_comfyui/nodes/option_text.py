"""Policy options as one line of text: `threshold=0.1, coefficients=1,2,3,4,5`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from forecache.errors import ForecacheError

RULE = "options must be name=value, name=value, ..."

_NAME = re.compile(r"[A-Za-z]\w*")
_LISTED = re.compile(r"[-+.\d][^\s=]*")
"""What may follow a comma without a name: the next number of a list."""


def parse_options(text: str, widgets: Iterable[str] = ()) -> dict[str, object]:
    """The options by name. Commas, semicolons and line ends separate them; a number without a name
    belongs to the list before it.

    widgets: names that the node has widgets for, and which may not be given here. Raises
    ForecacheError naming what is wrong.
    """
    texts: dict[str, str] = {}
    name = ""
    for item in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        if name and _LISTED.fullmatch(item):
            texts[name] += f",{item}"
            continue
        name, value = _named(item)
        if name in texts:
            raise ForecacheError(f"options must name {name} once")
        if name in widgets:
            raise ForecacheError(f"options must not name {name}: the node has a widget for it")
        texts[name] = value
    return {name: _value(value) for name, value in texts.items()}


def _named(item: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in item.partition("="))
    if not equals or not value or _NAME.fullmatch(name) is None:
        raise ForecacheError(f"{RULE}, got {item}")
    return name, value


def _value(text: str) -> object:
    """Whole numbers as such: options that count calls are worked with before they are sent."""
    return int(text) if re.fullmatch(r"\d+", text) else text
