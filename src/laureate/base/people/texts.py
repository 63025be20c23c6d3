"""Which texts that people type can be kept: no database takes a NUL or half a character."""

from __future__ import annotations

import unicodedata

from laureate.base.people.viewer import RefusedError
from laureate.engine.faults import Fault, mark


def keepable(text: str) -> bool:
    """Return whether both databases can keep ``text``."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def text_faults(column: str, text: str) -> list[Fault]:
    """Return what is wrong with a text of any number of lines."""
    return [] if keepable(text) else [_unkeepable(column)]


def line_faults(column: str, text: str) -> list[Fault]:
    """Return what is wrong with a text of one line, such as a name."""
    return [_unkeepable(column)] if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text) else []


def _unkeepable(column: str) -> Fault:
    return Fault(
        "control_characters",
        mark("The text holds characters that cannot be printed."),
        mark("Type it anew, without copying it from another program."),
        column=column,
    )


def require_texts(*faults: list[Fault]) -> None:
    """Raise RefusedError with all faults of the given lists, if there are any."""
    found = [fault for part in faults for fault in part]
    if found:
        raise RefusedError("invalid", *found)
