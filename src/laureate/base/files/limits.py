"""How large an upload may be, and what is said of one that is larger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from laureate.engine.faults import Fault, mark

FORM_OVERHEAD = 1_000_000
"""Bytes of boundaries and small fields around the one file of an upload."""

TOO_LARGE = (mark("The file is larger than %(mb)d MB."), mark("Compress it, or ask the host."))


def longest_body() -> int:
    """Return how many bytes a request may bring."""
    limit: int = settings.UPLOAD_LIMIT
    return limit + FORM_OVERHEAD


def too_large(limit: int) -> Fault:
    """Return what is said of a file of more than ``limit`` bytes."""
    message, fix = TOO_LARGE
    return Fault("too_large", message, fix, {"mb": limit // 1_000_000})


def size_fault(meta: Mapping[str, Any]) -> Fault | None:
    """Return what is wrong with the length that a request announces in its WSGI variables, if anything."""
    announced = str(meta.get("CONTENT_LENGTH") or "")
    if announced.isdecimal() and int(announced) > longest_body():
        return too_large(settings.UPLOAD_LIMIT)
    return None
