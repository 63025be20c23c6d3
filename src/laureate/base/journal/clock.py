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

from laureate.base.memory import recall

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """Return the present instant, in UTC, by the database's clock."""
    stood = _standing.get()
    return stood if stood is not None else recall("now", _database_time)


def _database_time() -> datetime:
    if connection.vendor == "sqlite":
        # SQLite lives in this process: its clock is this machine's, read to the millisecond.
        present = datetime.now(UTC)
        return present.replace(microsecond=present.microsecond // 1000 * 1000)
    with connection.cursor() as cursor:
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
