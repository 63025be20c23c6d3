"""Values of ``challenge.toml``, one kind at a time: read, or noted as wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from laureate.engine.problem.document import tidy
from laureate.engine.problem.fields import FIELDS, LANGUAGES
from laureate.engine.problem.keys import Key
from laureate.engine.problem.notes import Note, shown
from laureate.engine.problem.paths import read_path
from laureate.engine.problem.rules import DID_YOU_MEAN, WRONG_TYPES

FIRST_YEAR, LAST_YEAR = 2000, 2199
RESERVED_SLUGS = frozenset({"new", "import"})
"""Words that stand where the slug stands in addresses of a host's pages."""

_SLUG = re.compile(r"[a-z0-9-]{3,50}")
_PHASE_KEY = re.compile(r"[a-z0-9-]{1,40}")
_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MANY_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Reader = Callable[[Key, Any, str, Note], Any]
"""Takes a key, the raw value, the key's full name and where to note faults; None where it is wrong."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the known name that ``name`` was probably meant to be."""
    found = difflib.get_close_matches(name.lower(), list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def note_unknown(note: Note, rule: str, name: str, names: Iterable[str], /, **params: Any) -> None:
    """Note a name that is not one of ``names``, with the nearest one where there is any."""
    offered = list(names)
    near = nearest(name, offered)
    params |= {"names": ", ".join(offered), "near": near or ""}
    note(rule, fix=DID_YOU_MEAN if near else None, **params)


def _wrong_type(key: Key, kind: str, full: str, note: Note) -> None:
    note("wrong_type", said=WRONG_TYPES[kind], key=full, meaning=key.meaning)


def _read_line(key: Key, raw: Any, full: str, note: Note) -> str | None:
    return _read_text(key, raw, full, note, _ONE_LINE)


def _read_prose(key: Key, raw: Any, full: str, note: Note) -> str | None:
    return _read_text(key, raw, full, note, _MANY_LINES)


def _read_text(key: Key, raw: Any, full: str, note: Note, forbidden: re.Pattern[str]) -> str | None:
    if not isinstance(raw, str):
        _wrong_type(key, "text", full, note)
        return None
    text = tidy(raw)
    if forbidden.search(text):
        note("control_characters", key=full)
    elif len(text) < key.low:
        note("too_short", key=full, length=len(text), low=key.low)
    elif len(text) > key.high:
        note("too_long", key=full, length=len(text), high=key.high, excess=len(text) - key.high)
    else:
        return text
    return None


def _read_texts(key: Key, raw: Any, full: str, note: Note) -> tuple[str, ...] | None:
    listed = [raw] if isinstance(raw, str) else raw
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        _wrong_type(key, "texts", full, note)
        return None
    if not listed:
        note("too_few", key=full)
        return None
    read = [_read_line(key, item, full, note) for item in listed]
    return tuple(text for text in read if text is not None) if None not in read else None


def _read_whole(key: Key, raw: Any, full: str, note: Note) -> int | None:
    if not isinstance(raw, int) or isinstance(raw, bool):
        _wrong_type(key, "whole", full, note)
        return None
    if not key.low <= raw <= key.high:
        # A number of more digits than Python agrees to write would fail in str().
        value = str(raw) if abs(raw) < 10**18 else "far too large"
        note("out_of_range", key=full, value=value, low=key.low, high=key.high)
        return None
    return raw


def _read_path(key: Key, raw: Any, full: str, note: Note) -> str | None:
    if not isinstance(raw, str):
        _wrong_type(key, "text", full, note)
        return None
    return read_path(raw, note)


def is_slug(text: str) -> bool:
    """Tell whether a text can be the address of a challenge."""
    return _SLUG.fullmatch(text) is not None and text not in RESERVED_SLUGS


def _read_slug(key: Key, raw: Any, full: str, note: Note) -> str | None:
    read = _read_form(key, raw, full, note, _SLUG, "bad_slug")
    if read in RESERVED_SLUGS:
        note("bad_slug", value=shown(raw))
        return None
    return read


def _read_phase_key(key: Key, raw: Any, full: str, note: Note) -> str | None:
    return _read_form(key, raw, full, note, _PHASE_KEY, "bad_phase_key")


def _read_form(key: Key, raw: Any, full: str, note: Note, form: re.Pattern[str], rule: str) -> str | None:
    if not isinstance(raw, str):
        _wrong_type(key, "text", full, note)
    elif form.fullmatch(raw):
        return raw
    else:
        note(rule, value=shown(raw))
    return None


def _read_choice(names: Iterable[str], rule: str) -> Reader:
    def read(key: Key, raw: Any, full: str, note: Note) -> str | None:
        if not isinstance(raw, str):
            _wrong_type(key, "text", full, note)
        elif raw in names:
            return raw
        else:
            note_unknown(note, rule, raw, names, value=shown(raw))
        return None

    return read


def _read_zone(key: Key, raw: Any, full: str, note: Note) -> str | None:
    if not isinstance(raw, str):
        _wrong_type(key, "text", full, note)
        return None
    if len(raw) <= key.high and zone_of(raw) is not None:
        return raw
    names = {name.lower(): name for name in sorted(available_timezones())}
    near = names.get(nearest(raw[: key.high], names) or "")
    note("unknown_time_zone", value=shown(raw), near=near or "", fix=DID_YOU_MEAN if near else None)
    return None


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone of an IANA name, None where there is none."""
    if name in ("localtime", "posixrules", "Factory"):
        # Files that lie beside the zones and differ from machine to machine.
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def read_instant(key: Key, raw: Any, full: str, note: Note, zone: tzinfo) -> datetime | None:
    """Return an instant in UTC; a time without offset is read on the clocks of ``zone``."""
    if not isinstance(raw, datetime):
        _wrong_type(key, "instant", full, note)
        return None
    # One year of room, since the year in UTC may be another one; far years could not be converted.
    if FIRST_YEAR - 1 <= raw.year <= LAST_YEAR + 1:
        if raw.tzinfo is None:
            raw = _on_the_clocks_of(zone, raw, full, note)
        instant: datetime = raw.astimezone(UTC)
        if FIRST_YEAR <= instant.year <= LAST_YEAR:
            return instant
    note("date_out_of_range", key=full, low=FIRST_YEAR, high=LAST_YEAR)
    return None


def _on_the_clocks_of(zone: tzinfo, naive: datetime, full: str, note: Note) -> datetime:
    """Return a local time with its zone; of an hour that comes twice the first is meant."""
    early, late = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        written = early.astimezone(UTC).astimezone(zone)
        note("unclear_time", key=full, zone=str(zone), written=written.isoformat())
    return early


READERS: dict[str, Reader] = {
    "text": _read_line,
    "prose": _read_prose,
    "texts": _read_texts,
    "whole": _read_whole,
    "path": _read_path,
    "slug": _read_slug,
    "key": _read_phase_key,
    "language": _read_choice(LANGUAGES, "unknown_language"),
    "field": _read_choice(FIELDS, "unknown_field"),
    "zone": _read_zone,
}
"""How each kind is read; instants need a zone beside: :func:`read_instant`."""
