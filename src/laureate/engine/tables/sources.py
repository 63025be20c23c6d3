"""One table as columns: read fast as arrays, or row by row with the place of each row.

Both readings of a source give the same values. The fast one gives up (None) on anything it is
not sure about; the row-by-row one then decides what is wrong, or that nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from laureate.engine.tables.findings import Findings
from laureate.engine.tables.opening import Opened
from laureate.engine.tables.text import DELIMITERS, MAX_COLUMNS, SPOKEN, Text

Wanted = Literal["text", "number"]
BLOCK = 4 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """The wanted cells of one row, stripped; ``flaw`` is the rule it broke as a whole."""

    place: int
    cells: Sequence[str]
    flaw: Literal["bad_quotes", "wrong_field_count"] | None = None
    fields: int = 0


class Source(Protocol):
    """A table whose header is known."""

    @property
    def names(self) -> Sequence[str]:
        """The column names of the header."""

    @property
    def unit(self) -> Literal["line", "row"]:
        """What places count: lines of text from 1, or rows of a Parquet file from 1."""

    def columns(self, wanted: Mapping[int, Wanted]) -> dict[int, Any] | None:
        """Return Arrow arrays of large binary or float64, None to give up."""

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield every row after the header."""


@dataclass(frozen=True, slots=True)
class TextSource:
    """Delimited text."""

    text: Text
    delimiter: str
    names: Sequence[str]
    unit: Literal["line", "row"] = "line"

    @property
    def spoken_delimiter(self) -> str:
        """The delimiter's name in a sentence."""
        return SPOKEN[self.delimiter]

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield every row after the header, with the line it starts on."""
        width = len(self.names)
        records = self.text.records(self.delimiter)
        next(records)
        for record in records:
            fields = record.fields
            if record.broken or len(fields) != width:
                cells = [fields[at].strip(" \t") if at < len(fields) else "" for at in wanted]
                flaw: Literal["bad_quotes", "wrong_field_count"] = (
                    "bad_quotes" if record.broken else "wrong_field_count"
                )
                yield Row(record.line, cells, flaw, len(fields))
            else:
                yield Row(record.line, [fields[at].strip(" \t") for at in wanted])

    def columns(self, wanted: Mapping[int, Wanted]) -> dict[int, Any] | None:
        """Read the wanted columns with Arrow's parser, which rounds numbers as ``float()`` does."""
        import pyarrow as pa
        from pyarrow import csv

        start, quoted = self.text.after_header(self.delimiter)
        data = self.text.data
        if start >= len(data) or (quoted and _odd_quotes(data, start, self.delimiter)):
            return None
        names = [str(at) for at in range(len(self.names))]
        types: dict[Wanted, Any] = {"number": pa.float64(), "text": pa.large_binary()}
        kinds = {str(at): types[kind] for at, kind in wanted.items()}
        body: Any = pa.BufferReader(pa.py_buffer(data).slice(start))
        try:
            table = csv.read_csv(
                body,
                read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
                parse_options=csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=quoted),
                convert_options=csv.ConvertOptions(
                    column_types=kinds,
                    include_columns=list(kinds),
                    null_values=[],
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
        except (pa.ArrowException, ValueError):
            return None
        return {at: table.column(str(at)) for at in wanted}


def _odd_quotes(data: bytes, start: int, delimiter: str) -> bool:
    """Tell whether any quote stands elsewhere than around a whole field, where readers differ."""
    edge = re.escape(delimiter.encode()) + rb"\r\n"
    quoted = rb'(?<=[%b])"[^"]*+(?:""[^"]*+)*+"(?=[%b]|\Z)' % (edge, edge)
    return re.compile(rb'[^"]*+(?:%b[^"]*+)*+' % quoted).fullmatch(data, start) is None


def open_source(opened: Opened, findings: Findings, expected: Sequence[str], max_bytes: int) -> Source:
    """Return the source of an opened table; ``expected`` columns help to tell the delimiter.

    Raises BadInputError for bytes that are no table.
    """
    if opened.kind == "parquet":
        from laureate.engine.tables.parquet import ParquetSource

        return ParquetSource.of(opened.data, findings, max_bytes)
    text = Text.of(opened.data, findings)
    headers = {delimiter: text.header(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: len(headers[delimiter].fields))
    for delimiter in DELIMITERS:
        if expected and set(expected) <= set(headers[delimiter].fields):
            best = delimiter
            break
    header = headers[best]
    if header.broken:
        raise findings.refuse("bad_quotes", line=header.line, count=1)
    if len(header.fields) > MAX_COLUMNS:
        raise findings.refuse("too_many_columns", columns=f"more than {MAX_COLUMNS}", limit=MAX_COLUMNS)
    return TextSource(text, best, header.fields)
