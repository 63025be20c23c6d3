"""What was found wrong in a table: counted by rule and column, with the first ten places."""

from __future__ import annotations

from dataclasses import dataclass, field

from laureate.engine.faults import MAX_EXAMPLES, BadInputError, Fault
from laureate.engine.tables.rules import RULES

Example = dict[str, str | int]

MAX_SHOWN = 80


def shown(text: str) -> str:
    """Return a text cut short, without the characters that a terminal or a page would obey."""
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "replace").decode("ascii")
        for sign in cut
    )


@dataclass(slots=True)
class _Tally:
    count: int = 0
    examples: list[Example] = field(default_factory=list)


class Findings:
    """Collects mistakes row by row and says each broken rule once."""

    def __init__(self, file: str) -> None:
        self.file = shown(file)
        self._tallies: dict[tuple[str, str | None], _Tally] = {}
        self._params: dict[tuple[str, str | None], dict[str, str | float]] = {}
        self._others: list[Fault] = []

    def note(self, rule: str, column: str | None = None, /, **example: str | int) -> None:
        """Count one broken row; the first ten are kept as examples."""
        tally = self._tallies.setdefault((rule, column), _Tally())
        tally.count += 1
        if len(tally.examples) < MAX_EXAMPLES:
            tally.examples.append(
                {key: shown(value) if isinstance(value, str) else value for key, value in example.items()}
            )

    def explain(self, rule: str, column: str | None = None, /, **params: str | float) -> None:
        """Give the placeholders that the rule's templates need beside count and column."""
        self._params.setdefault((rule, column), {}).update(_shown_params(params))

    def add(self, fault: Fault) -> None:
        """Keep a fault worded elsewhere."""
        self._others.append(fault)

    def fault(
        self, rule: str, *, line: int | None = None, column: str | None = None, **params: str | float
    ) -> Fault:
        """Return a fault about the file as a whole."""
        message, fix = RULES[rule]
        if line is not None:
            params["line"] = line
        if column is not None:
            params["column"] = column = shown(column)
        return Fault(rule, message, fix, _shown_params(params), file=self.file, line=line, column=column)

    def refuse(
        self, rule: str, *, line: int | None = None, column: str | None = None, **params: str | float
    ) -> BadInputError:
        """Return the error of a file that cannot be read any further."""
        return BadInputError([self.fault(rule, line=line, column=column, **params)])

    def count(self, rule: str) -> int:
        """Return how many rows broke a rule, over all columns."""
        return sum(tally.count for (name, _), tally in self._tallies.items() if name == rule)

    def __bool__(self) -> bool:
        return bool(self._tallies or self._others)

    def faults(self) -> list[Fault]:
        """Return one fault a rule and column, in the order of the table of rules."""
        order = {rule: place for place, rule in enumerate(RULES)}
        said = []
        for (rule, column), tally in sorted(self._tallies.items(), key=lambda item: order[item[0][0]]):
            message, fix = RULES[rule]
            params: dict[str, str | float] = {"count": tally.count, "column": shown(column or "")}
            line = tally.examples[0].get("line")
            said.append(
                Fault(
                    rule,
                    message,
                    fix,
                    params | self._params.get((rule, column), {}),
                    file=self.file,
                    line=line if isinstance(line, int) else None,
                    column=None if column is None else shown(column),
                    count=tally.count,
                    examples=tuple(tally.examples),
                )
            )
        return said + self._others

    def raise_if_any(self) -> None:
        """Raise BadInputError with everything found, if anything was."""
        if self:
            raise BadInputError(self.faults())


def _shown_params(params: dict[str, str | float]) -> dict[str, str | float]:
    # Lists of names are cut by whoever writes them; a single value is cut here.
    return {
        key: shown(value) if isinstance(value, str) and len(value) <= MAX_SHOWN else _flat(value)
        for key, value in params.items()
    }


def _flat(value: str | float) -> str | float:
    if not isinstance(value, str):
        return value
    return "".join(sign if sign.isprintable() else "�" for sign in value[:600])
