"""Where the bytes of a blob are."""

from __future__ import annotations

from pathlib import Path

from laureate.base.files.storage import path_of


def blob_path(sha256: str) -> Path:
    """Return the path of the bytes with this digest, for reading only."""
    return path_of(sha256)
