"""The tables and keys of ``challenge.toml``: one line each, read by checks, writer and reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from laureate.engine.faults import mark

Kind = Literal[
    "text", "prose", "texts", "whole", "instant", "path", "slug", "key", "language", "field", "zone"
]

MAX_PATH = 200
MOST = 1_000_000
PROSE = 2000


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its kind, its bounds (characters for texts, value for numbers), and its meaning."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    default: Any = None
    low: int = 0
    high: int = PROSE


@dataclass(frozen=True, slots=True)
class Table:
    """One table, or one kind of repeated table (``many``)."""

    name: str
    meaning: str
    keys: tuple[Key, ...]
    many: bool = False
    required: bool = False
    subtables: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What may stand in the table."""
        return tuple(key.name for key in self.keys) + self.subtables


CHALLENGE = Table(
    "challenge",
    mark("What is asked, and by whom."),
    (
        Key(
            "slug",
            "slug",
            mark("the address of the challenge, such as claims"),
            required=True,
            low=3,
            high=50,
        ),
        Key("title", "text", mark("what a stranger reads first"), required=True, low=5, high=120),
        Key("language", "language", mark("the language of its texts"), default="en"),
        Key("summary", "text", mark("what is asked, in a sentence or two"), required=True, low=1, high=280),
        Key("brief", "path", mark("a Markdown file of the folder"), required=True),
        Key("field", "field", mark("the field of knowledge from which the problem comes"), required=True),
        Key("sponsor", "text", mark("the name shown as sponsor"), default="", high=120),
        Key("time_zone", "zone", mark("the host's time zone, an IANA name"), default="UTC", high=64),
    ),
    required=True,
)

EVALUATION = Table(
    "evaluation",
    mark("How an entry is measured."),
    (
        Key("metric", "text", mark("the name of a metric"), required=True, low=1, high=60),
        Key("id", "text", mark("the column that identifies a row"), required=True, low=1, high=120),
        Key("target", "texts", mark("the column or columns to predict"), required=True, low=1, high=120),
        Key("solution", "path", mark("the solution file, with a column Usage"), required=True),
        Key(
            "sample_submission",
            "path",
            mark("an entry that is valid, for solvers to start from"),
            required=True,
        ),
    ),
    required=True,
    subtables=("options",),
)

DATA = Table(
    "data",
    mark("A file that solvers may download; one table for each."),
    (
        Key("file", "path", mark("the file"), required=True),
        Key("title", "text", mark("what the file holds"), required=True, low=1, high=200),
        Key("description", "prose", mark("columns, origin, licence; Markdown"), default=""),
    ),
    many=True,
)

PHASES = Table(
    "phases",
    mark(
        "A window in which entries are received: from “opens” until just before “closes”. Phases may overlap."
    ),
    (
        Key(
            "key", "key", mark("a short name, unlike that of any other phase"), required=True, low=1, high=40
        ),
        Key("title", "text", mark("the name of the phase"), required=True, low=1, high=120),
        Key("opens", "instant", mark("the first instant of the phase"), required=True),
        Key("closes", "instant", mark("the instant at which the phase is over"), required=True),
    ),
    many=True,
)

LIMITS = Table(
    "limits",
    mark("How much a team may hand in, and how large it may be."),
    (
        Key("entries_per_day", "whole", mark("entries of a team a day"), default=5, low=1, high=1000),
        Key(
            "entries_per_team",
            "whole",
            mark("entries of a team in all; no limit when left out"),
            low=1,
            high=MOST,
        ),
        Key("final_selections", "whole", mark("entries that a team may select"), default=2, low=1, high=20),
        Key("team_size", "whole", mark("members of a team"), default=5, low=1, high=100),
        Key("teams_freeze", "instant", mark("the instant from which teams no longer change")),
    ),
)

BASELINES = Table(
    "baselines",
    mark("An entry of the host, marked on the board and not ranked; one table for each."),
    (
        Key("name", "text", mark("the name on the board"), required=True, low=1, high=60),
        Key("file", "path", mark("an entry, kept from solvers"), required=True),
        Key("description", "prose", mark("how it was made"), default=""),
    ),
    many=True,
)

TABLES: dict[str, Table] = {
    table.name: table for table in (CHALLENGE, EVALUATION, DATA, PHASES, LIMITS, BASELINES)
}
"""All tables, in the order in which they are written."""
