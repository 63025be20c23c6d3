"""Paths of files as a challenge names them: always inside its folder."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from laureate.engine.problem.keys import MAX_PATH
from laureate.engine.problem.model import BRIEF, MANIFEST
from laureate.engine.problem.notes import Note, shown

_UNUSABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")
_DRIVE = re.compile(r"[A-Za-z]:")
MAX_PART = 255


def path_fault(text: str) -> str | None:
    """Return the rule that a relative path breaks, None where it may be used."""
    if not text.strip() or len(text) > MAX_PATH or _UNUSABLE.search(text):
        return "bad_path"
    if any(len(part.encode(errors="surrogatepass")) > MAX_PART for part in text.split("/")):
        return "bad_path"
    if text.startswith("/") or _DRIVE.match(text) or ".." in text.split("/"):
        return "outside_folder"
    return None if PurePosixPath(text).parts else "bad_path"


def is_reserved(path: str) -> bool:
    """Tell whether a path is one at which Laureate writes its own texts; capitals make no difference."""
    return path.split("/")[0].casefold() in (MANIFEST, BRIEF)


def read_path(raw: str, note: Note) -> str | None:
    """Return a path in its plain form (``./a//b`` is ``a/b``), or note what is wrong with it."""
    rule = path_fault(raw)
    if rule is not None:
        note(rule, path=shown(raw), high=MAX_PATH)
        return None
    return str(PurePosixPath(raw))


def find_file(folder: Path, path: str, note: Note) -> Path | None:
    """Return the file at a plain path of the folder, or note why it cannot be used.

    A link is followed only where it stays inside the folder.
    """
    place = folder / path
    try:
        real = place.resolve(strict=True)
    except FileNotFoundError:
        note("file_missing", path=shown(path))
        return None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its links lead nowhere"
        note("unreadable_file", path=shown(path), reason=reason)
        return None
    if not real.is_relative_to(folder.resolve()):
        note("outside_folder", path=shown(path))
    elif not real.is_file():
        note("not_a_file", path=shown(path))
    elif real.stat().st_size == 0:
        note("empty_file", path=shown(path))
    else:
        return real
    return None
