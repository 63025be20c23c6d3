"""What time it is: the database's clock, so that all processes agree.

A replay of past events (the demo's three months) stands at another instant for a while;
nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """Return the present instant, in UTC, by the database's clock."""
    stood = _standing.get()
    if stood is not None:
        return stood
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')")
            return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
        cursor.execute("SELECT CLOCK_TIMESTAMP()")
        instant: datetime = cursor.fetchone()[0]
        return instant.astimezone(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let :func:`now` answer ``instant`` within the block, for replays."""
    token = _standing.set(instant)
    try:
        yield
    finally:
        _standing.reset(token)
