"""The modules of the project as syntax trees, for laws that are read in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "laureate"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module: its dotted name, its file and its tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def functions(self) -> dict[str, Function]:
        """The functions at its top, by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, Function)}

    def place(self, node: ast.expr | ast.stmt) -> str:
        """Return where a node stands, as an editor can open it."""
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"


@cache
def modules(under: str = "laureate") -> tuple[Module, ...]:
    """Return all modules at or below a dotted name, migrations aside."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if "migrations" not in parts and (name == under or name.startswith(under + ".")):
            text = path.read_text(encoding="utf-8")
            found.append(Module(name, path, text, ast.parse(text)))
    return tuple(found)


def imported(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Yield each module that is imported anywhere in a tree, in functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or "", node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for a chain of attributes, an empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
