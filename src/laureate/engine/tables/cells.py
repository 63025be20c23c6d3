"""What one cell says: a number, a label or a list, or the rule that it breaks."""

from __future__ import annotations

import math
import re

from laureate.engine.metrics.labels import NUMBER, LabelBook
from laureate.engine.metrics.metric import Need

MISSING = frozenset({"", "na", "n/a", "null", "none", "#n/a"})
NAN = frozenset({"nan", "-nan", "+nan", "1.#qnan", "-1.#ind"})
INFINITY = re.compile(r"[+-]?(?:inf|infinity|1\.#inf|∞)", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)
MAX_NUMBER = 400
"""Longer numbers are refused; the longest exact double is written with fewer than 330 digits before e."""


def read_number(text: str, need: Need) -> tuple[float, str | None]:
    """Return a number and the rule that the cell breaks, None if it is as needed."""
    if len(text) <= MAX_NUMBER and NUMBER.fullmatch(text):
        value = float(text)
        if math.isinf(value):
            return math.nan, "infinity"
        return value, need.refusal(value)
    return math.nan, _why_no_number(text)


def _why_no_number(text: str) -> str:
    lowered = text[:20].lower()
    if lowered in MISSING:
        return "missing_values"
    if lowered in NAN:
        return "nan"
    if len(text) <= MAX_NUMBER and INFINITY.fullmatch(text):
        return "infinity"
    if len(text) <= MAX_NUMBER and DECIMAL_COMMA.fullmatch(text):
        return "decimal_comma"
    return "not_a_number"


def read_label(text: str, book: LabelBook) -> tuple[int, str | None]:
    """Return a label's code and None, or -1 and the rule that the cell breaks."""
    code = book.code(text)
    if code is not None and text:
        return code, None
    return -1, "missing_values" if text.lower() in MISSING else "unknown_label"
