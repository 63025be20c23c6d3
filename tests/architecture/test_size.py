"""Files and functions stay short enough to be read at one go."""

from __future__ import annotations

import ast

from .sources import Function, modules

LINES_OF_A_FILE = 420
LINES_OF_A_FUNCTION = 75

LONG_FILES: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, each with its reason."""


def test_files_are_short() -> None:
    long = {module.name for module in modules() if module.text.count("\n") > LINES_OF_A_FILE}
    assert long == set(LONG_FILES), "split the file by concept, or declare here why it may be long"


def test_functions_are_short() -> None:
    long = {
        f"{module.name}.{node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno >= LINES_OF_A_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS), "split the function, or declare here why it may be long"
