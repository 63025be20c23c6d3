"""Texts of the folder, and ``challenge.toml`` as values with their lines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laureate.engine.faults import BadInputError
from laureate.engine.problem.lines import Lines, locate
from laureate.engine.problem.model import MANIFEST
from laureate.engine.problem.notes import fault, shown

MAX_MANIFEST = 256 * 1024
MAX_TEXT = 1024 * 1024

BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
BLANKS += "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What ``str.strip`` takes for blank, and the byte order mark, which a file does not give back."""

# Reading a dotted key takes time with the square of its parts: one of thousands would take minutes.
_DEEP_KEY = re.compile(
    r"""(?<![\w"'.-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}"""
)
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Document:
    """The values of ``challenge.toml`` and where they stand."""

    values: dict[str, Any]
    lines: Lines


def tidy(text: str) -> str:
    """Return a text as it is kept: ``\\n`` between lines, no blanks at either end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(BLANKS)


def read_text(path: Path, name: str, limit: int = MAX_TEXT) -> str:
    """Return the text of a file without byte order mark, with ``\\n`` between lines.

    Raises BadInputError, calling the file ``name``, when it is not readable UTF-8 of at most
    ``limit`` bytes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "the path is not valid"
        raise BadInputError([fault("unreadable_file", file=name, path=shown(name), reason=reason)]) from None
    if len(data) > limit:
        raise BadInputError([fault("text_too_large", file=name, path=shown(name), limit=limit)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInputError([fault("not_utf8", file=name, line=line, path=shown(name))]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_document(folder: Path) -> Document:
    """Read ``challenge.toml``; raises BadInputError where it is missing or no TOML."""
    if not folder.is_dir():
        raise BadInputError([fault("not_a_folder", path=shown(folder))])
    path = folder / MANIFEST
    if not path.exists():
        raise BadInputError([fault("no_manifest", file=MANIFEST)])
    text = read_text(path, MANIFEST, MAX_MANIFEST)
    deep = _DEEP_KEY.search(text)
    if deep is not None:
        line = text.count("\n", 0, deep.start()) + 1
        raise _bad_toml(f"a key has too many parts (at line {line}, column 1)", text)
    try:
        return Document(tomllib.loads(text), locate(text))
    except tomllib.TOMLDecodeError as error:
        raise _bad_toml(str(error), text) from None
    except (ValueError, RecursionError):
        # Numbers of thousands of digits, lists nested a thousand deep.
        raise _bad_toml(
            "a number is too long or lists are nested too deep (at line 1, column 1)", text
        ) from None


def _bad_toml(said: str, text: str) -> BadInputError:
    place = _PLACE.search(said)
    line = text.rstrip("\n").count("\n") + 1
    if place is not None and place.group(1):
        line = min(line, int(place.group(1)))
    reason = _PLACE.sub("", said)
    return BadInputError([fault("bad_toml", file=MANIFEST, line=line, reason=shown(reason))])
