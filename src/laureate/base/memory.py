"""What one reading has looked up already: remembered until its answer is given, then forgotten.

A page asks several questions about the same challenge, and each question looks who is asking
and finds the challenge for itself. Within a request that only reads, the second look may
repeat the first. Outside :func:`one_reading` nothing is remembered, so that actions and the
worker always see the present.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_remembered: ContextVar[dict[Hashable, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Remember within the block what :func:`recall` looks up."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def recall(key: Hashable, look: Callable[[], T]) -> T:
    """Return what ``look`` returned for ``key`` before in this reading, else what it returns now."""
    known = _remembered.get()
    if known is None:
        return look()
    if key not in known:
        known[key] = look()
    found: T = known[key]
    return found
