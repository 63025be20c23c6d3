"""The declared table: what each role is answered, by address, verb and state of the challenge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .world import ROLES, STATES

TABLE = Path(__file__).with_name("matrix.txt")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; ``case`` picks among several things at one address."""

    name: str
    case: str
    verb: str
    cells: dict[str, tuple[str, ...]]

    def expected(self, role: str, state: str) -> str:
        """Return the outcome that the table promises."""
        return self.cells[role][STATES.index(state)]


def read_table() -> list[Line]:
    """Return the lines of ``matrix.txt``, its words spelled out."""
    words: dict[str, tuple[str, ...]] = {}
    lines: list[Line] = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        parts = text.partition("#")[0].split()
        if parts and parts[0] == "word":
            words[parts[1]] = tuple(parts[2:])
        elif parts:
            lines.append(_line(parts, words))
    return lines


def _line(parts: list[str], words: dict[str, tuple[str, ...]]) -> Line:
    name, verb, *cells = parts
    assert len(cells) == len(ROLES), f"a cell for each of {ROLES}, please: {parts}"
    name, _, case = name.partition("@")
    outcomes = (_outcomes(cell, words) for cell in cells)
    return Line(name, case, verb, dict(zip(ROLES, outcomes, strict=True)))


def _outcomes(cell: str, words: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    word, colon, number = cell.partition(":")
    found = words.get(f"{word}:N" if colon else word) or tuple(cell.split("/"))
    if len(found) == 1:
        found *= len(STATES)
    assert len(found) == len(STATES), f"an outcome for each of {STATES}, please: {cell}"
    spelled = tuple(number if outcome == "N" else outcome for outcome in found)
    assert all(outcome == "login" or outcome.isdecimal() for outcome in spelled), f"no such word: {cell}"
    return spelled
