"""Files on their way: uploads and downloads with progress, resumed and verified."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from laureate.cli.server.client import Server
from laureate.engine.faults import BadInputError, Fault, mark

CHUNK = 1 << 16
KIND = "application/octet-stream"

Advance = Callable[[int], object]
"""Says how many bytes have gone through so far."""


def _silent(done: int) -> None:
    """Show nothing."""


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """Show a progress bar on standard error where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


class _Counted(io.FileIO):
    """A file that says how far it has been read."""

    def __init__(self, path: Path, advance: Advance) -> None:
        super().__init__(path, "rb")
        self._advance = advance

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(-1 if size is None else size)
        self._advance(self.tell())
        return data or b""


def upload(server: Server, path: str, field: str, file: Path, fields: dict[str, str]) -> Any:
    """Post a file and text fields as a form; return the JSON answer.

    Raises BadInputError with the server's faults, or for a file that cannot be read.
    """
    try:
        size = file.stat().st_size
        with progress(file.name, size) as advance, _Counted(file, advance) as content:
            return server.send("POST", path, files={field: (file.name, content, KIND)}, data=fields)
    except OSError as error:
        raise BadInputError([_file_fault("unreadable_file", file, error)]) from None


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits; raises BadInputError."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError([_file_fault("unreadable_file", file, error)]) from None


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn what goes wrong when a file is written into a fault."""
    try:
        yield
    except OSError as error:
        raise BadInputError([_file_fault("cannot_write", target, error)]) from None


def download(server: Server, path: str, target: Path, *, size: int | None = None, sha256: str = "") -> None:
    """Write the bytes at ``path`` to ``target``, whole or not at all.

    Where the digest is known, what an earlier attempt left beside the target is continued by
    Range, and the whole is verified. Raises BadInputError.
    """
    mark_of_file = f".{sha256[:12]}" if sha256 else ""
    part = target.with_name(f"{target.name}{mark_of_file}.part")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not sha256:
            part.unlink(missing_ok=True)
        _fetch(server, path, part, target.name, size, sha256)
        if sha256 and sha256_of(part) != sha256:
            part.unlink()
            raise BadInputError([_mismatch(target)])
        part.replace(target)


def _fetch(server: Server, path: str, part: Path, label: str, size: int | None, sha256: str) -> None:
    held = part.stat().st_size if part.is_file() else 0
    if size is not None and held > size:
        held = 0
    if held and held == size:
        return
    headers = {"Range": f"bytes={held}-", "If-Range": f'"{sha256}"'} if held else {}
    with server.stream(path, headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            # Nothing is left to send: the digest will tell whether what is held is the file.
            return
        resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
        done = held if resumed else 0
        with part.open("ab" if resumed else "wb") as out, progress(label, size) as advance:
            for chunk in answer.iter_bytes(CHUNK):
                out.write(chunk)
                done += len(chunk)
                advance(done)


def _mismatch(target: Path) -> Fault:
    return Fault(
        "sha256_mismatch",
        mark("The bytes received for “%(name)s” are not those that the server announced; they were deleted."),
        mark("Download it again; if this lasts, tell the host of the challenge."),
        {"name": target.name},
    )


def _file_fault(rule: str, path: Path, error: OSError) -> Fault:
    said = {
        "unreadable_file": mark("“%(path)s” cannot be read: %(reason)s."),
        "cannot_write": mark("“%(path)s” cannot be written: %(reason)s."),
    }[rule]
    fix = mark("Check the path and that you may use it.")
    return Fault(
        rule, said, fix, {"path": str(error.filename or path), "reason": error.strerror or str(error)}
    )
