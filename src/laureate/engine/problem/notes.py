"""What was found wrong in a challenge, each with the file and the line where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.problem.lines import Lines, Path
from laureate.engine.problem.model import MANIFEST
from laureate.engine.problem.rules import RULES, Rule

MAX_SHOWN = 80


def shown(value: object) -> str:
    """Return a value as short text without the characters that a terminal or a page would obey."""
    text = str(value)
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return "".join(sign if sign.isprintable() else "�" for sign in cut)


def fault(
    rule: str,
    *,
    file: str | None = None,
    line: int | None = None,
    count: int | None = None,
    examples: Sequence[dict[str, str | int]] = (),
    said: Rule | None = None,
    fix: str | None = None,
    **params: Any,
) -> Fault:
    """Return the fault of a rule; ``said`` and ``fix`` replace its usual wording."""
    wording = said or RULES[rule]
    filled: dict[str, str | int | float] = {
        name: value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
        for name, value in params.items()
    }
    if line is not None:
        filled.setdefault("line", line)
    if count is not None:
        filled.setdefault("count", count)
    return Fault(
        rule,
        wording.message,
        fix or wording.fix,
        filled,
        file=file,
        line=line,
        count=count,
        examples=tuple(examples),
        severity=RULES[rule].severity,
    )


class Note(Protocol):
    """Says that a rule is broken at a place that is already known."""

    def __call__(self, rule: str, /, **params: Any) -> None: ...


@dataclass(slots=True)
class Notes:
    """Collects faults; those about a key of ``challenge.toml`` find their line by themselves."""

    lines: Lines = field(default_factory=Lines)
    faults: list[Fault] = field(default_factory=list)

    def at(self, path: Path) -> Note:
        """Return the function that notes faults at one key."""

        def note(rule: str, /, **params: Any) -> None:
            self.faults.append(fault(rule, file=MANIFEST, line=self.lines.of(*path), **params))

        return note

    def add(self, found: Fault) -> None:
        """Keep a fault whose place is known already."""
        self.faults.append(found)

    def take(self, task: Callable[[], object], file: str, line: int | None = None) -> bool:
        """Run ``task``, keep the faults it raises as those of ``file``, tell whether there were none."""
        try:
            task()
        except BadInputError as error:
            self.faults += [
                replace(f, file=file, line=f.line if line is None else line) for f in error.faults
            ]
            return False
        return True

    @property
    def has_errors(self) -> bool:
        """Whether anything graver than a warning was found."""
        return any(found.severity == "error" for found in self.faults)

    def in_order(self) -> list[Fault]:
        """Return the faults in the order of reading: ``challenge.toml`` by line, then each other file."""
        return sorted(self.faults, key=lambda f: f.line or 0 if f.file == MANIFEST else 1 << 40)
