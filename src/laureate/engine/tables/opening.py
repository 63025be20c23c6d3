"""From a path to plain bytes: the kind is told from the content, whatever the name says."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import IO, Literal, Protocol

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.tables.findings import Findings

MAX_BYTES = 2 * 1024**3
"""Default limit on the uncompressed bytes of one table."""

CHUNK = 1 << 20
GZIP, ZIP, EMPTY_ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"PAR1"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_ENDINGS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Opened:
    """The uncompressed bytes of one table."""

    kind: Literal["text", "parquet"]
    data: bytes


def absent_file(path: Path) -> list[Fault]:
    """Return the fault of a path where no file is, an empty list where one is."""
    try:
        with path.open("rb"):
            return []
    except (OSError, ValueError) as error:
        return [_no_file(path, error, Findings(path.name))]


def _no_file(path: Path, error: OSError | ValueError, findings: Findings) -> Fault:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return findings.fault("file_not_found", path=str(path))
    if isinstance(error, IsADirectoryError):
        return findings.fault("not_a_file", path=str(path))
    # A path with a NUL byte is a ValueError, which has no reason in words.
    reason = (error.strerror if isinstance(error, OSError) else None) or "the path is not valid"
    return findings.fault("unreadable_file", reason=reason)


def open_table(path: Path, findings: Findings, max_bytes: int = MAX_BYTES) -> Opened:
    """Return the bytes of the table at ``path``: CSV, gzip or zip of one CSV, or Parquet.

    Raises BadInputError for a path that is no readable file, for a damaged archive, and as soon
    as more than ``max_bytes`` bytes come out of it.
    """
    try:
        with path.open("rb") as file:
            return _recognised(file, findings, max_bytes)
    except (OSError, ValueError) as error:
        raise BadInputError([_no_file(path, error, findings)]) from None


def _recognised(file: IO[bytes], findings: Findings, max_bytes: int) -> Opened:
    magic = file.read(8)
    file.seek(0)
    if magic.startswith(GZIP):
        data = _gunzipped(file, findings, max_bytes)
    elif magic.startswith((ZIP, EMPTY_ZIP)):
        data = _unzipped(file, findings, max_bytes)
    else:
        data = _whole(file, findings, max_bytes)
        return Opened("parquet" if magic.startswith(PARQUET) else "text", data)
    if data.startswith((GZIP, ZIP, EMPTY_ZIP, PARQUET)):
        raise findings.refuse("nested_archive")
    return Opened("text", data)


def _whole(file: IO[bytes], findings: Findings, max_bytes: int) -> bytes:
    size = file.seek(0, SEEK_END)
    if size > max_bytes:
        raise findings.refuse("too_large", limit=max_bytes)
    file.seek(0)
    return file.read(size)


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _bounded(stream: _Stream, findings: Findings, max_bytes: int) -> bytes:
    """Read a stream to its end in chunks, so that a bomb costs no more than the limit."""
    held = io.BytesIO()
    while chunk := stream.read(CHUNK):
        held.write(chunk)
        if held.tell() > max_bytes:
            raise findings.refuse("too_large", limit=max_bytes)
    return held.getvalue()


def _gunzipped(file: IO[bytes], findings: Findings, max_bytes: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as stream:
            return _bounded(stream, findings, max_bytes)
    except (OSError, EOFError, zlib.error):
        raise findings.refuse("damaged_gzip") from None


def _unzipped(file: IO[bytes], findings: Findings, max_bytes: int) -> bytes:
    # The standard library raises a dozen kinds of errors on hostile archives (among them
    # KeyError, struct.error, UnicodeDecodeError, lzma.LZMAError): all mean the same here.
    try:
        archive = zipfile.ZipFile(file)
        members = [info for info in archive.infolist() if not _is_clutter(info)]
    except Exception:
        raise findings.refuse("damaged_zip") from None
    with archive:
        member = _only_csv(members, findings)
        if member.flag_bits & 0x1:
            raise findings.refuse("encrypted_zip")
        if member.file_size > max_bytes:
            raise findings.refuse("too_large", limit=max_bytes)
        try:
            stream = archive.open(member)
        except Exception:
            raise findings.refuse("damaged_zip") from None
        return _member_bytes(stream, findings, max_bytes)


def _member_bytes(stream: IO[bytes], findings: Findings, max_bytes: int) -> bytes:
    held = io.BytesIO()
    with stream:
        while held.tell() <= max_bytes:
            try:
                chunk = stream.read(CHUNK)
            except Exception:
                raise findings.refuse("damaged_zip") from None
            if not chunk:
                return held.getvalue()
            held.write(chunk)
    raise findings.refuse("too_large", limit=max_bytes)


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    """Tell what archivers add on their own: folders, resource forks, hidden files."""
    parts = info.filename.replace("\\", "/").split("/")
    return info.is_dir() or "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1] == "Thumbs.db"


def _only_csv(members: list[zipfile.ZipInfo], findings: Findings) -> zipfile.ZipInfo:
    names = [member.filename for member in members]
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        raise findings.refuse("excel_workbook")
    tables = [member for member in members if member.filename.lower().endswith(TEXT_ENDINGS)]
    if not tables:
        raise findings.refuse("zip_without_csv")
    if len(members) > 1:
        listed = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        raise findings.refuse("too_many_files", files=len(names), names=listed)
    return tables[0]
