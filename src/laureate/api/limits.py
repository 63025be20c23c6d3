"""How much one caller may ask of this server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.http import HttpRequest

from laureate.base.files.limits import size_fault
from laureate.base.people.throttle import address_of, count_request
from laureate.base.people.viewer import RefusedError

KNOWN_PER_MINUTE = 2400
"""Requests of one person or token in a minute, to each process."""
STRANGER_PER_MINUTE = 1200
"""Requests of all strangers at one address in a minute, to each process."""
MOST_WAITING = 4
"""Requests that may wait for a result at one moment: each of them holds a thread."""

_waiting = BoundedSemaphore(MOST_WAITING)


def count_known(key: str) -> None:
    """Count a request of somebody known; refuse when there are too many."""
    count_request(key, KNOWN_PER_MINUTE)


def count_stranger(request: HttpRequest) -> None:
    """Count a request of a stranger by address; refuse when there are too many."""
    count_request(f"ip:{address_of(request.META)}", STRANGER_PER_MINUTE)


def require_size(request: HttpRequest) -> None:
    """Refuse a body that is larger than any upload may be, before a byte of it is read."""
    fault = size_fault(request.META)
    if fault is not None:
        raise RefusedError("invalid", fault)


@contextmanager
def place_to_wait() -> Iterator[bool]:
    """Say whether the caller may hold its thread for a while; when not, it answers at once."""
    admitted = _waiting.acquire(blocking=False)
    try:
        yield admitted
    finally:
        if admitted:
            _waiting.release()
