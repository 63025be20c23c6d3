"""Mistakes in what people hand in, said once and said whole.

A :class:`Fault` names the rule that was broken, what was found and how to mend it.
Its ``message`` and ``fix`` are English templates with ``%(name)s`` placeholders: the
command line prints them as they are, pages translate the template and fill it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]

MAX_EXAMPLES = 10
SPOKEN = frozenset({"meaning", "split", "state", "verb"})
"""Parameters that are words of ours, not of whoever handed something in: they are translated too."""


def mark(text: str) -> str:
    """Mark ``text`` as a translatable template; the engine itself never translates."""
    return text


EXAMPLE_KEYS = (mark("line"), mark("id"), mark("value"), mark("name"), mark("column"), mark("row"))
"""What the examples of a fault are called."""
SPLITS = (mark("public"), mark("private"), mark("all"))
"""How the splits of a solution are called."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: its rule, what was found, how to mend it, and where it stands."""

    rule: str
    message: str
    fix: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    column: str | None = None
    count: int | None = None
    examples: Sequence[Mapping[str, str | int]] = ()
    severity: Severity = "error"

    def said(self, translate: Callable[[str], str] = mark) -> str:
        """Return the message in the reader's language, placeholders filled in."""
        return translate(self.message) % self._params_in(translate)

    def mend(self, translate: Callable[[str], str] = mark) -> str:
        """Return the fix in the reader's language, placeholders filled in."""
        return translate(self.fix) % self._params_in(translate)

    def _params_in(self, translate: Callable[[str], str]) -> dict[str, str | int | float]:
        return {
            name: translate(value) if name in SPOKEN and isinstance(value, str) and value else value
            for name, value in self.params.items()
        }

    def as_dict(self, translate: Callable[[str], str] = mark) -> dict[str, Any]:
        """Return the fault as plain JSON values; keys without a value are left out."""
        found: dict[str, Any] = {
            "severity": self.severity,
            "rule": self.rule,
            "message": self.said(translate),
            "fix": self.mend(translate),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "count": self.count,
            "examples": [dict(example) for example in self.examples[:MAX_EXAMPLES]] or None,
        }
        return {key: value for key, value in found.items() if value is not None}

    def to_plain(self) -> dict[str, Any]:
        """Return the fault untranslated, so that it can be kept and said later in any language."""
        return {
            "rule": self.rule,
            "message": self.message,
            "fix": self.fix,
            "params": dict(self.params),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "count": self.count,
            "examples": [dict(example) for example in self.examples[:MAX_EXAMPLES]],
            "severity": self.severity,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Fault:
        """Return the fault that :meth:`to_plain` wrote."""
        return cls(**plain)


class BadInputError(Exception):
    """Raised with *all* the mistakes found in one input, never with the first alone."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.said() for fault in self.faults))
