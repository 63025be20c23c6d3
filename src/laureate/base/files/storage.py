"""The folder that holds the bytes: content-addressed, written once, fsynced before anyone hears of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

CHUNK = 1 << 20


class TooLargeError(Exception):
    """Raised when a stream is longer than its limit; nothing is kept of it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"more than {limit} bytes")


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: digest and size in bytes."""

    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Return where the bytes with this digest lie."""
    return Path(settings.FILES_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def incoming() -> Path:
    """Return the folder of bytes whose digest is not known yet."""
    return Path(settings.FILES_FOLDER) / "incoming"


def sweep_folder(folder: Path, seconds: float) -> int:
    """Delete the files of a folder that nobody wrote to for so long; return how many."""
    gone = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and path.stat().st_mtime < time.time() - seconds:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def write_stream(chunks: Iterable[bytes], limit: int) -> Stored:
    """Write a stream under its digest and make it durable.

    Raises:
        TooLargeError: when it is longer than ``limit`` bytes.

    """
    folder = incoming()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLargeError(limit)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest.hexdigest())
        _make_folder(target.parent)
        Path(name).rename(target)
        _fsync_folder(target.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Stored(digest.hexdigest(), size)


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents, each as durable as the file that will lie in it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
