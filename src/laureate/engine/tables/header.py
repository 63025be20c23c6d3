"""Columns by name: where they stand, or what the header lacks and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from laureate.engine.faults import BadInputError, Fault, mark
from laureate.engine.tables.findings import Findings, shown
from laureate.engine.tables.sources import Source, TextSource
from laureate.engine.tables.text import SPOKEN

MAX_LISTED = 8


def places_of(
    source: Source, needed: Sequence[str], findings: Findings, first_ids: Iterable[str] = ()
) -> list[int]:
    """Return the position of each needed column.

    ``first_ids`` are ids that tell a file without header by its first field.
    Raises BadInputError naming every column that lacks or stands twice, with near misses.
    """
    names = list(source.names)
    missing = [name for name in needed if name not in names]
    faults: list[Fault] = [
        findings.fault("duplicate_column", line=1, column=name, times=names.count(name))
        for name in needed
        if names.count(name) > 1
    ]
    if missing:
        faults.insert(0, _lacking(source, needed, missing, findings, first_ids))
    if faults:
        raise BadInputError(faults)
    return [names.index(name) for name in needed]


def _lacking(
    source: Source,
    needed: Sequence[str],
    missing: Sequence[str],
    findings: Findings,
    first_ids: Iterable[str],
) -> Fault:
    names = list(source.names)
    if len(names) == 1:
        for delimiter in (" ", ":"):
            if set(needed) <= set(names[0].split(delimiter)):
                return findings.fault(
                    "wrong_delimiter", line=1, found=SPOKEN[delimiter], expected=SPOKEN[","]
                )
    fault = findings.fault(
        "wrong_header",
        line=1,
        missing=listed(missing),
        found=listed(names),
        delimiter=source.spoken_delimiter if isinstance(source, TextSource) else "",
        expected=listed(needed),
        renames=", ".join(f"“{shown(old)}” → “{shown(new)}”" for old, new in _near_misses(names, missing)),
    )
    if not isinstance(source, TextSource):
        fault = replace(fault, line=None, message=mark("The file lacks %(missing)s. It has %(found)s."))
    if names[0].strip() in first_ids:
        return replace(fault, fix=mark("Put a header line above the data: %(expected)s."))
    if fault.params["renames"]:
        return replace(fault, fix=mark("Rename %(renames)s. The columns needed are %(expected)s."))
    return fault


def _near_misses(names: Sequence[str], missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (found, needed) for names that differ by case or spaces, else by a few letters."""
    folded = {"".join(name.split()).casefold(): name for name in reversed(names)}
    for name in missing[:MAX_LISTED]:
        near = folded.get("".join(name.split()).casefold())
        if near is None:
            close = difflib.get_close_matches(name[:80], [other[:80] for other in names[:50]], n=1)
            near = close[0] if close else None
        if near is not None:
            yield near, name


def listed(names: Sequence[str]) -> str:
    """Return names in a row, quoted, the first few only."""
    said = ", ".join(f"“{shown(name)}”" for name in names[:MAX_LISTED])
    return said + (", …" if len(names) > MAX_LISTED else "")
