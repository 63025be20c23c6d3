"""The verb of files: keep bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from laureate.base.files.limits import too_large
from laureate.base.files.models import Blob
from laureate.base.files.storage import CHUNK, TooLargeError, incoming, sweep_folder, write_stream
from laureate.base.people.viewer import RefusedError

ABANDONED_AFTER = 86_400
"""Seconds after which an upload that was cut will not go on."""


def store_stream(chunks: Iterable[bytes], limit: int | None = None) -> Blob:
    """Keep a stream and return its blob; the same bytes are kept once.

    Raises:
        RefusedError: when it is longer than ``limit`` bytes (default: the server's upload limit).

    """
    ceiling = settings.UPLOAD_LIMIT if limit is None else limit
    try:
        stored = write_stream(chunks, ceiling)
    except TooLargeError:
        raise RefusedError("invalid", too_large(ceiling)) from None
    blob, _ = Blob.objects.get_or_create(sha256=stored.sha256, defaults={"size": stored.size})
    return blob


def store_path(path: Path) -> Blob:
    """Keep the bytes of a file on this machine."""
    return store_stream(_read(path))


def sweep_incoming() -> int:
    """Delete what uploads that were cut more than a day ago left behind; return how many files."""
    return sum(
        sweep_folder(folder, ABANDONED_AFTER) for folder in (incoming(), Path(settings.FILE_UPLOAD_TEMP_DIR))
    )


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
