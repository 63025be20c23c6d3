"""An entry: read, validated against the solution, aligned to it by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laureate.engine.faults import BadInputError
from laureate.engine.tables.arrays import floats_of, words_of
from laureate.engine.tables.cells import MISSING, read_label, read_number
from laureate.engine.tables.findings import Findings
from laureate.engine.tables.header import places_of
from laureate.engine.tables.opening import MAX_BYTES, open_table
from laureate.engine.tables.solution import Solution
from laureate.engine.tables.sources import Row, Source, TextSource, Wanted, open_source
from laureate.engine.tables.text import DELIMITERS, SPOKEN

FIRST_IDS = 1000
"""How many ids are compared with a first line to tell that it is no header."""
MOST_ROWS_TOO_MANY = 1_000_000
"""How many rows beyond twice those asked for are looked at before the rest is left unread."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Valid predictions, one array a target column, in the order of the solution's rows."""

    name: str
    values: tuple[NDArray[Any], ...] = field(repr=False)

    @property
    def rows(self) -> int:
        """How many rows the entry has."""
        return len(self.values[0])


def read_entry(
    path: Path, solution: Solution, *, name: str | None = None, max_bytes: int = MAX_BYTES
) -> Entry:
    """Read an entry and align it to the solution by id, whatever the order of its rows.

    ``name`` is how faults call the file. Every row of the solution, ignored ones included, needs
    a valid row: which rows are scored cannot be told from what is refused.
    Raises BadInputError with every broken rule, each once, with its count and first ten places.
    """
    findings = Findings(name or path.name)
    opened = open_table(path, findings, max_bytes)
    needed = [solution.id_column, *solution.targets]
    table = open_source(opened, findings, needed, max_bytes)
    columns = places_of(table, needed, findings, islice(solution.ids, FIRST_IDS))
    values = _aligned_fast(table, columns, solution)
    if values is None:
        values = _Inspection(table, columns, solution, findings).values()
    _refuse_zero_sums(values, solution, findings)
    return Entry(findings.file, values)


def _aligned_fast(
    table: Source, columns: Sequence[int], solution: Solution
) -> tuple[NDArray[Any], ...] | None:
    """Read and align whole columns; None where any cell or id is out of the ordinary."""
    kind: Wanted = "number" if solution.need.kind == "number" else "text"
    wanted: dict[int, Wanted] = {columns[0]: "text", **dict.fromkeys(columns[1:], kind)}
    arrays = table.columns(wanted)
    if arrays is None:
        return None
    places = solution.ids.places_of(arrays[columns[0]])
    if places is None:
        return None
    aligned: list[NDArray[Any]] = []
    for at in columns[1:]:
        read = _values_fast(arrays[at], solution)
        if read is None:
            return None
        if isinstance(places, slice):
            aligned.append(read)
        else:
            ordered = np.empty_like(read)
            ordered[places] = read
            aligned.append(ordered)
    return tuple(aligned)


def _values_fast(column: Any, solution: Solution) -> NDArray[Any] | None:
    if solution.need.kind == "number":
        numbers = floats_of(column)
        return numbers if solution.need.admits_all(numbers) else None
    texts, indices = words_of(column)
    if solution.book is None:
        if any(text.lower() in MISSING for text in texts):
            return None
        return np.take(np.array(texts, dtype=object), indices)
    codes = [read_label(text, solution.book) for text in texts]
    if any(rule is not None for _, rule in codes):
        return None
    return np.take(np.array([code for code, _ in codes], dtype=np.int64), indices)


class _Inspection:
    """Reads an entry row by row and notes whatever is wrong."""

    def __init__(self, table: Source, columns: Sequence[int], solution: Solution, findings: Findings) -> None:
        self.table, self.columns, self.solution, self.findings = table, columns, solution, findings
        self.names = [table.names[at] for at in columns]
        self.row_of = {text: row for row, text in enumerate(solution.ids)}
        self.seen = np.zeros(solution.rows, dtype=bool)
        kind: Any = {"number": np.float64, "label": np.int64, "list": object}[solution.need.kind]
        self.aligned = tuple(np.zeros(solution.rows, dtype=kind) for _ in solution.targets)
        self.count, self.most = 0, 2 * solution.rows + MOST_ROWS_TOO_MANY
        labels = ", ".join(solution.labels[:20]) + (", …" if len(solution.labels) > 20 else "")
        for column in self.names[1:]:
            findings.explain("out_of_range", column, low=solution.need.low, high=solution.need.high)
            findings.explain("unknown_label", column, labels=labels)
        for flaw in ("bad_quotes", "wrong_field_count"):
            findings.explain(flaw, expected=len(table.names))

    def values(self) -> tuple[NDArray[Any], ...]:
        """Return the aligned columns; raises BadInputError with all findings."""
        for row in self.table.rows(self.columns):
            self.count += 1
            if self.count > self.most:
                fault = self.findings.fault("too_many_rows", limit=self.most, wanted=self.solution.rows)
                raise BadInputError([fault, *self.findings.faults()])
            if row.flaw is not None:
                self._note_flaw(row)
                continue
            self._take(row)
        self._note_whole()
        self.findings.raise_if_any()
        return self.aligned

    def _note_flaw(self, row: Row) -> None:
        if row.flaw == "wrong_field_count":
            self.findings.note(row.flaw, **{self.table.unit: row.place}, fields=row.fields)
        else:
            self.findings.note("bad_quotes", **{self.table.unit: row.place})
        known = self.row_of.get(row.cells[0])
        if known is not None:
            # A broken row still says which id it means: it is not reported as missing too.
            self.seen[known] = True

    def _take(self, row: Row) -> None:
        text = row.cells[0]
        place = self.row_of.get(text)
        if place is None:
            rule = "extra_ids" if text else "missing_values"
            self.findings.note(rule, None if text else self.names[0], **{self.table.unit: row.place}, id=text)
        elif self.seen[place]:
            self.findings.note("duplicate_ids", **{self.table.unit: row.place}, id=text)
        else:
            self.seen[place] = True
        for at, values in enumerate(self.aligned):
            value = self._cell(row, at)
            if place is not None:
                values[place] = value

    def _cell(self, row: Row, at: int) -> Any:
        text, need = row.cells[1 + at], self.solution.need
        value: Any = text
        rule: str | None = None
        if need.kind == "number":
            value, rule = read_number(text, need)
        elif self.solution.book is not None:
            value, rule = read_label(text, self.solution.book)
        elif text.lower() in MISSING:
            rule = "missing_values"
        if rule is not None:
            column = self.names[1 + at]
            self.findings.note(rule, column, **{self.table.unit: row.place}, id=row.cells[0], value=text)
        return value

    def _note_whole(self) -> None:
        if not self.count:
            raise self.findings.refuse("no_rows")
        self._refuse_other_delimiter()
        for row in np.flatnonzero(~self.seen):
            self.findings.note("missing_ids", id=self.solution.ids[int(row)])

    def _refuse_other_delimiter(self) -> None:
        """Say that the rows use another delimiter than the header, instead of a fault a row."""
        if not isinstance(self.table, TextSource) or self.findings.count("wrong_field_count") < self.count:
            return
        for delimiter in DELIMITERS:
            records = self.table.text.records(delimiter)
            next(records)
            sample = list(islice(records, 10))
            if sample and all(len(record.fields) == len(self.table.names) for record in sample):
                raise self.findings.refuse(
                    "wrong_delimiter",
                    line=sample[0].line,
                    found=SPOKEN[delimiter],
                    expected=SPOKEN[self.table.delimiter],
                )


def _refuse_zero_sums(values: tuple[NDArray[Any], ...], solution: Solution, findings: Findings) -> None:
    if len(values) == 1 or solution.metric.columns != "joint":
        return
    for row in np.flatnonzero(np.sum(values, axis=0) <= 0):
        findings.note("zero_row_sum", id=solution.ids[int(row)])
    if findings:
        # The solution's order says nothing of the lines of the entry.
        raise BadInputError([replace(fault, line=None) for fault in findings.faults()])
