"""Where a list goes on: the id of the last row already seen."""

from __future__ import annotations

from django.http import HttpRequest

MOST_DIGITS = 18


def last_seen(request: HttpRequest, name: str = "after") -> int | None:
    """Return the id in the query of an address; None where there is none that could be one."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
