"""The examples name what exists. They need gigabytes of weights: they are read here and not run."""

from __future__ import annotations

import ast
import importlib
import inspect
import py_compile
from pathlib import Path
from typing import Any

import diffusers
import pytest

from forecache.diffusers.layouts import LAYOUTS

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)


def tree_of(example: Path) -> ast.Module:
    return ast.parse(example.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> list[tuple[str, str]]:
    """Module and name of everything that is imported from somewhere."""
    return [
        (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]


def pipeline_of(tree: ast.Module) -> Any:
    (name,) = [
        name for module, name in imported(tree) if module == "diffusers" and "Pipeline" in name
    ]
    return getattr(diffusers, name)


def calls_of(tree: ast.Module, callee: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == callee
    ]


def keywords_of(call: ast.Call) -> dict[str, object]:
    """Keyword arguments that are written as literals."""
    return {
        each.arg: each.value.value
        for each in call.keywords
        if each.arg is not None and isinstance(each.value, ast.Constant)
    }


@every_example
def test_an_example_compiles(example: Path, tmp_path: Path) -> None:
    py_compile.compile(str(example), cfile=str(tmp_path / "example.pyc"), doraise=True)


@every_example
def test_what_an_example_imports_exists(example: Path) -> None:
    for module, name in imported(tree_of(example)):
        assert hasattr(importlib.import_module(module), name), f"{module} has no {name}"


@every_example
def test_the_pipeline_takes_what_an_example_gives(example: Path) -> None:
    tree = tree_of(example)
    (call,) = calls_of(tree, "pipe")
    parameters = inspect.signature(pipeline_of(tree).__call__).parameters
    assert {each.arg for each in call.keywords} <= set(parameters)


@every_example
def test_an_example_enables_taylorseer_and_shows_the_statistics(example: Path) -> None:
    tree = tree_of(example)
    (enable,) = calls_of(tree, "forecache.enable")
    options = keywords_of(enable)
    assert options.pop("policy") == "taylorseer"
    assert set(options) <= {"granularity", "interval", "order", "warmup"}
    assert ast.unparse(tree.body[-1]) == "print(forecache.stats(pipe))"


def test_every_known_transformer_has_an_example() -> None:
    annotations = [
        str(inspect.signature(pipeline_of(tree_of(example)).__init__).parameters["transformer"])
        for example in EXAMPLES
    ]
    assert [name for name in LAYOUTS if not any(name in text for text in annotations)] == []
