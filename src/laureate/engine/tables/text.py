"""Delimited text: what its bytes may be, its header, its records with their line numbers.

This is the reference reading: RFC 4180 with four delimiters, quoted fields that may hold line
ends, and any of the three line ends. :mod:`laureate.engine.tables.columns` reads the same text
faster, and must give the same values or give up.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from laureate.engine.tables.findings import Findings
from laureate.engine.tables.opening import OLD_WORKBOOK

BOM = b"\xef\xbb\xbf"
UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
DELIMITERS = (",", ";", "\t", "|")
SPOKEN = {",": "“,”", ";": "“;”", "\t": "“\\t”", "|": "“|”", " ": "“ ”", ":": "“:”"}
MAX_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line it starts on, its fields, and whether its quotes are broken."""

    line: int
    fields: Sequence[str]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Checked text: bytes of UTF-8 without byte order mark, header line first."""

    data: bytes

    @classmethod
    def of(cls, data: bytes, findings: Findings) -> Text:
        """Check bytes that claim to be text; raises BadInputError for those that are not."""
        if data.startswith(OLD_WORKBOOK):
            raise findings.refuse("excel_workbook")
        if data.startswith(UTF16_OR_32):
            raise findings.refuse("utf16")
        data = data.removeprefix(BOM)
        # A whole file without text is rare: only then is all of it looked through, and copied.
        if not data[:4096].strip() and not data.strip():
            raise findings.refuse("empty_file")
        nul = data.find(b"\0")
        if nul >= 0:
            # Text in UTF-16 without its mark has a NUL in every other byte of plain letters.
            rule = "utf16" if data[:200].count(b"\0") * 3 > len(data[:200]) else "nul_bytes"
            raise findings.refuse(rule, line=_line_at(data, nul))
        if not data.isascii():
            try:
                data.decode("utf-8")
            except UnicodeDecodeError as error:
                raise findings.refuse("not_utf8", line=_line_at(data, error.start)) from None
        return cls(data)

    def records(self, delimiter: str) -> Iterator[Record]:
        """Yield the records, header included; lines without any character are skipped."""
        lines = io.TextIOWrapper(io.BytesIO(self.data), encoding="utf-8", newline="")
        number = 0
        for line in lines:
            number += 1
            if '"' not in line:
                body = line.rstrip("\r\n")
                if body:
                    # Bounded, so that a line of a billion delimiters does not become a list of that length.
                    yield Record(number, body.split(delimiter, MAX_COLUMNS + 1))
                continue
            scan = _QuotedRecord(line, lines, delimiter)
            yield Record(number, scan.fields, scan.broken)
            number += scan.further_lines

    def header(self, delimiter: str) -> Record:
        """Return the first record."""
        return next(self.records(delimiter), Record(1, [""]))

    def after_header(self, delimiter: str) -> tuple[int, bool]:
        """Return the offset of the bytes after the header, and whether quotes occur after it."""
        lines = io.TextIOWrapper(io.BytesIO(self.data), encoding="utf-8", newline="")
        size = 0
        for line in lines:
            size += len(line.encode())
            if '"' in line:
                scan = _QuotedRecord(line, lines, delimiter)
                size += scan.further_bytes
            elif not line.rstrip("\r\n"):
                continue
            break
        return size, self.data.find(b'"', size) >= 0


def _line_at(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


class _QuotedRecord:
    """Reads one record that holds quotes, taking further lines where a quoted field spans them."""

    def __init__(self, line: str, lines: Iterator[str], delimiter: str) -> None:
        self.fields: list[str] = []
        self.broken = False
        self.further_lines = 0
        self.further_bytes = 0
        self._line = line
        self._lines = lines
        self._delimiter = delimiter
        at: int | None = 0
        while at is not None and len(self.fields) <= MAX_COLUMNS + 1:
            at = self._quoted(at + 1) if self._line.startswith('"', at) else self._plain(at)

    def _plain(self, at: int) -> int | None:
        end = self._line.find(self._delimiter, at)
        if end < 0:
            self.fields.append(self._line[at:].rstrip("\r\n"))
            return None
        self.fields.append(self._line[at:end])
        return end + 1

    def _quoted(self, at: int) -> int | None:
        pieces: list[str] = []
        while True:
            end = self._line.find('"', at)
            if end < 0:
                pieces.append(self._line[at:])
                following = next(self._lines, None)
                if following is None:
                    self.broken = True
                    self.fields.append("".join(pieces))
                    return None
                self.further_lines += 1
                self.further_bytes += len(following.encode())
                self._line, at = following, 0
                continue
            pieces.append(self._line[at:end])
            if self._line.startswith('"', end + 1):
                pieces.append('"')
                at = end + 2
                continue
            self.fields.append("".join(pieces))
            return self._after_quote(end + 1)

    def _after_quote(self, at: int) -> int | None:
        end = self._line.find(self._delimiter, at)
        rest = self._line[at:] if end < 0 else self._line[at:end]
        if rest.rstrip("\r\n"):
            self.broken = True
        return None if end < 0 else end + 1
