"""Instants as a host types them: on the clocks of the challenge, read back without loss."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from laureate.engine.problem.values import FIRST_YEAR, LAST_YEAR


class NoSuchTimeError(ValueError):
    """Raised for an hour that the clocks of a zone skip."""


def local_text(instant: datetime | None, zone: str) -> str:
    """Return an instant as a field of date and time shows it; seconds only where there are any."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def read_local(written: str, zone: str) -> datetime:
    """Return a time on the clocks of ``zone`` as an instant in UTC.

    Raises:
        NoSuchTimeError: when the clocks skip it.
        ValueError: when it is no date with a time, or of a year that no challenge lives in.

    """
    local = datetime.fromisoformat(written)
    if local.tzinfo is not None or not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValueError(written)
    instant = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise NoSuchTimeError(written)
    return instant
