"""Instants as people read them: in their own zone, with how far away they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def read_time(text: str) -> datetime:
    """Return an aware instant of an ISO 8601 text; a text without a zone is UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def span(length: timedelta) -> str:
    """Return a length in the two largest units that tell: “3 d 4 h”, “4 h 12 min”, “12 min”.

    Minutes are rounded up, so that what is said to be over is over.
    """
    minutes = -int(-abs(length).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


def distance(instant: datetime, now: datetime) -> str:
    """Return “in 4 h 12 min” or “4 h 12 min ago”."""
    length = instant - now
    return f"in {span(length)}" if length > timedelta(0) else f"{span(length)} ago"


def local(text: str | None) -> str:
    """Return the instant of an answer in the local zone, to the minute; a dash where there is none."""
    if not text:
        return "–"
    try:
        return f"{read_time(text).astimezone():%Y-%m-%d %H:%M %Z}"
    except (ValueError, OverflowError):
        return text


def local_with_distance(text: str | None, now: datetime | None = None) -> str:
    """Return the instant in the local zone and how far away it is."""
    if not text:
        return "–"
    try:
        away = distance(read_time(text), now or datetime.now(UTC))
    except (ValueError, OverflowError):
        return text
    return f"{local(text)}, {away}"
