"""The tables of a challenge, key by key: what may be used of them, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from laureate.engine.faults import mark
from laureate.engine.problem.document import Document
from laureate.engine.problem.keys import TABLES, Key, Table
from laureate.engine.problem.lines import Path
from laureate.engine.problem.notes import Notes, shown
from laureate.engine.problem.rules import WRONG_TYPES
from laureate.engine.problem.values import READERS, note_unknown, read_instant, zone_of


@dataclass(slots=True)
class Sheet:
    """The keys of one table that could be read, defaults included; wrong ones are absent."""

    place: Path
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def path(self, key: str) -> Path:
        """Return where a key stands."""
        return (*self.place, key)


@dataclass(slots=True)
class Sheets:
    """All tables of a challenge."""

    challenge: Sheet
    evaluation: Sheet
    limits: Sheet
    data: list[Sheet]
    phases: list[Sheet]
    baselines: list[Sheet]
    options: dict[str, Any]
    zone: tzinfo


def read_sheets(document: Document, notes: Notes) -> Sheets:
    """Read every table; whatever is wrong with names, types and values is noted."""
    found = document.values
    for name, value in found.items():
        if name not in TABLES:
            note_unknown(notes.at((name,)), "unknown_table", name, TABLES, name=shown(name))
        elif not isinstance(value, dict | list):
            rule = "not_many_tables" if TABLES[name].many else "not_one_table"
            notes.at((name,))(rule, table=name)
    reader = _SheetReader(found, notes)
    challenge = reader.one("challenge")
    reader.zone = zone_of(challenge["time_zone"] or "UTC") or UTC
    return Sheets(
        challenge=challenge,
        evaluation=reader.one("evaluation"),
        limits=reader.one("limits"),
        data=reader.many("data"),
        phases=reader.many("phases"),
        baselines=reader.many("baselines"),
        options=reader.options(),
        zone=reader.zone,
    )


class _SheetReader:
    def __init__(self, found: Mapping[str, Any], notes: Notes) -> None:
        self.found, self.notes = found, notes
        self.zone: tzinfo = UTC

    def one(self, name: str) -> Sheet:
        """Return a table that stands alone; an absent one has its defaults."""
        table, raw = TABLES[name], self.found.get(name, {})
        if isinstance(raw, dict) and (raw or not table.required or name in self.found):
            return self._sheet(table, raw, (name,))
        if name not in self.found:
            names = ", ".join(key.name for key in table.keys if key.required)
            self.notes.at((name,))("missing_table", table=name, names=names)
        elif isinstance(raw, list):
            self.notes.at((name,))("not_one_table", table=name)
        return Sheet((name,))

    def many(self, name: str) -> list[Sheet]:
        """Return the tables of an array."""
        raw = self.found.get(name, [])
        if isinstance(raw, list) and all(isinstance(item, dict) for item in raw):
            return [self._sheet(TABLES[name], item, (name, at)) for at, item in enumerate(raw)]
        if isinstance(raw, dict | list):
            self.notes.at((name,))("not_many_tables", table=name)
        return []

    def options(self) -> dict[str, Any]:
        """Return the metric's options; which of them exist is the metric's to say."""
        place: Path = ("evaluation", "options")
        evaluation = self.found.get("evaluation")
        raw = evaluation.get("options", {}) if isinstance(evaluation, dict) else {}
        if not isinstance(raw, dict):
            self.notes.at(place)("not_one_table", table="evaluation.options")
            return {}
        options = {}
        for name, value in raw.items():
            if isinstance(value, str | int | float):
                options[name] = value
                continue
            full = f"evaluation.options.{shown(name)}"
            note = self.notes.at((*place, name))
            note(
                "wrong_type", said=WRONG_TYPES["settings"], key=full, meaning=mark("a setting of the metric")
            )
        return options

    def _sheet(self, table: Table, raw: Mapping[str, Any], place: Path) -> Sheet:
        sheet = Sheet(place)
        for name in raw:
            if name not in table.names:
                note = self.notes.at((*place, name))
                note_unknown(note, "unknown_key", name, table.names, table=table.name, name=shown(name))
        for key in table.keys:
            full = f"{table.name}.{key.name}"
            if key.name in raw:
                value = self._value(key, raw[key.name], full, (*place, key.name))
                if value is not None:
                    sheet.values[key.name] = value
            elif key.required:
                self.notes.at(place)("missing_key", key=full, meaning=key.meaning)
            else:
                sheet.values[key.name] = key.default
        return sheet

    def _value(self, key: Key, raw: Any, full: str, path: Path) -> Any:
        note = self.notes.at(path)
        if key.kind == "instant":
            return read_instant(key, raw, full, note, self.zone)
        return READERS[key.kind](key, raw, full, note)
