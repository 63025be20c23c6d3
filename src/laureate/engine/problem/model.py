"""What a challenge is, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

FileRef: TypeAlias = str
"""The path of a file inside the challenge's folder: relative, with ``/`` between its parts."""

MANIFEST = "challenge.toml"
BRIEF = "brief.md"
"""Where a brief is written; it may be read from any other name."""

Setting: TypeAlias = str | int | float | bool
"""The value of a metric's option."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A window in which entries are received: half-open, ``opens`` <= t < ``closes``, both in UTC."""

    key: str
    title: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that every solver may download."""

    file: FileRef
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """An entry of the host that shows on the board, marked, outside the ranking."""

    name: str
    file: FileRef
    description: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a team may hand in, and how large it may be. ``teams_freeze`` is an instant in UTC."""

    entries_per_day: int = 5
    entries_per_team: int | None = None
    final_selections: int = 2
    team_size: int = 5
    teams_freeze: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole challenge: what is asked, how it is measured, when, and within which limits.

    ``brief`` is the Markdown text itself, with ``\\n`` between lines and no blank at either end.
    """

    slug: str
    title: str
    language: str
    summary: str
    brief: str
    field: str
    sponsor: str
    time_zone: str
    metric: str
    options: Mapping[str, Setting]
    id_column: str
    targets: tuple[str, ...]
    solution: FileRef
    sample: FileRef
    data: tuple[DataFile, ...]
    phases: tuple[Phase, ...]
    limits: Limits
    baselines: tuple[Baseline, ...]

    @property
    def files(self) -> tuple[FileRef, ...]:
        """The paths of all files that the challenge names, each once; the brief is text, not a file."""
        listed = [self.solution, self.sample]
        listed += [data.file for data in self.data]
        listed += [baseline.file for baseline in self.baselines]
        return tuple(dict.fromkeys(path for path in listed if path))
