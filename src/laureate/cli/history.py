"""A history of scores in a CSV file: team, time, score."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from laureate.cli.times import read_time
from laureate.engine.boards import Played
from laureate.engine.faults import MAX_EXAMPLES, BadInputError, Fault, mark

COLUMNS = ("team", "time", "score")
MAX_CELL = 80

_RULES = {
    "no_team": (mark("Rows without a team: %(count)d."), mark("Name the team in every row.")),
    "not_a_time": (
        mark("Times that cannot be read: %(count)d."),
        mark("Write them in ISO 8601, such as 2026-11-24T10:00:00Z, or as numbers."),
    ),
    "mixed_times": (
        mark("Some times are numbers, others are dates: %(count)d rows differ from the first."),
        mark("Write all in one way."),
    ),
    "not_a_number": (
        mark("Scores that are not numbers: %(count)d."),
        mark("Write plain numbers such as 12, 0.5 or 1e-3; leave the cell empty where there is no score."),
    ),
}


@dataclass(frozen=True, slots=True)
class History:
    """The entries of a file; ``team`` and ``number`` of each are positions in ``teams`` and ``times``."""

    played: tuple[Played, ...]
    teams: tuple[str, ...]
    times: tuple[str, ...]
    """The times as they are written in the file."""


@dataclass(slots=True)
class _Reading:
    """What was read so far and what is wrong with it."""

    name: str
    teams: dict[str, int] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    wrong: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    numeric: bool | None = None

    def note(self, rule: str, line: int, value: str) -> None:
        self.wrong.setdefault(rule, []).append((line, value))

    def add(self, line: int, team: str, time: str, score: str) -> None:
        """Add a row, or note everything that is wrong with it."""
        if not team:
            self.note("no_team", line, team)
        instant = self._instant(line, time)
        value = _number(score)
        if score and value is None:
            self.note("not_a_number", line, score)
        if team and instant is not None:
            number = len(self.times)
            self.times.append(time)
            self.played.append(Played(self.teams.setdefault(team, len(self.teams)), number, instant, value))

    def _instant(self, line: int, text: str) -> datetime | None:
        try:
            instant, numeric = read_instant(text)
        except ValueError:
            self.note("not_a_time", line, text)
            return None
        self.numeric = numeric if self.numeric is None else self.numeric
        if numeric != self.numeric:
            self.note("mixed_times", line, text)
        return instant

    def faults(self) -> list[Fault]:
        return [
            Fault(
                rule,
                *_RULES[rule],
                {"count": len(rows)},
                file=self.name,
                line=rows[0][0],
                count=len(rows),
                examples=tuple(
                    {"line": line, "value": value[:MAX_CELL]} for line, value in rows[:MAX_EXAMPLES]
                ),
            )
            for rule, rows in self.wrong.items()
        ]


def read_instant(text: str) -> tuple[datetime, bool]:
    """Return an instant and whether it was written as a number (of seconds).

    ISO 8601 without a zone is UTC. Raises ValueError.
    """
    number = _number(text)
    if number is not None:
        try:
            return datetime.fromtimestamp(number, UTC), True
        except (OverflowError, OSError):
            raise ValueError(text) from None
    return read_time(text), False


def _number(text: str) -> float | None:
    """Return a finite number, None for anything else; Python's own 1_000 is none."""
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_history(path: Path) -> History:
    """Return the entries of a CSV file with the columns team, time and score, in any order.

    An empty score is an entry without one. Raises BadInputError with all that is wrong.
    """
    reading = _Reading(path.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            places = _places(next(rows, []), path.name)
            for line, row in _lines(rows):
                team, time, score = (row[at].strip() if at < len(row) else "" for at in places)
                reading.add(line, team, time, score)
    except (OSError, ValueError, csv.Error) as error:
        raise BadInputError([_unreadable(path, error)]) from None
    if reading.wrong:
        raise BadInputError(reading.faults())
    return History(tuple(reading.played), tuple(reading.teams), tuple(reading.times))


def _lines(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, with the line on which each begins."""
    line = 2
    for row in rows:
        if any(cell.strip() for cell in row):
            yield line, row
        line += 1 + sum(cell.count("\n") for cell in row)


def _places(header: Sequence[str], name: str) -> list[int]:
    names = [cell.strip() for cell in header]
    faults = [
        Fault(
            "wrong_header",
            mark("The column “%(column)s” is missing."),
            mark("The first line must name the columns team, time and score; it has: %(header)s."),
            {"column": column, "header": ", ".join(names)[:MAX_CELL] or "–"},
            file=name,
            line=1,
            column=column,
        )
        for column in COLUMNS
        if column not in names
    ]
    if faults:
        raise BadInputError(faults)
    return [names.index(column) for column in COLUMNS]


def _unreadable(path: Path, error: Exception) -> Fault:
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
    else:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeError) else str(error)
    return Fault(
        "unreadable_file",
        mark("“%(path)s” cannot be read: %(reason)s."),
        mark("Give a CSV file in UTF-8 with the columns team, time and score."),
        {"path": str(path), "reason": reason},
        file=path.name,
    )
