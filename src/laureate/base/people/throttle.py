"""How often something may be tried: fixed windows, strict ones in the database, wide ones in memory.

A strict limit guards passwords and accounts. It is counted in the database by one statement,
so that all processes share it and simultaneous attempts are all counted. A wide limit only
keeps one program from taking the whole server: each process counts for itself, in its cache.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils.crypto import salted_hmac

from laureate.base.journal.clock import now
from laureate.base.people.models import Attempt
from laureate.base.people.viewer import RefusedError
from laureate.engine.faults import Fault, mark


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times in each window of ``seconds``."""

    name: str
    most: int
    seconds: int


SIGN_IN_TO_ACCOUNT = Limit("sign-in-to-account", 10, 300)
"""Passwords tried for one account from one address."""
SIGN_IN = Limit("sign-in", 100, 300)
"""Passwords tried from one address, whatever the account."""
OPEN_ACCOUNT = Limit("open-account", 60, 300)
"""Accounts opened from one address: a class-room, not a machine."""

TOO_MANY = Fault(
    "too_many_attempts",
    mark("Too many attempts."),
    mark("Try again in %(seconds)d seconds."),
)

COUNT = """
INSERT INTO people_attempt (digest, until, count) VALUES (%s, %s, 1)
ON CONFLICT (digest, until) DO UPDATE SET count = people_attempt.count + 1
RETURNING count
"""


def address_of(meta: Mapping[str, Any]) -> str:
    """Return from where a request comes: an IPv4 address, or the /64 network of an IPv6 address.

    ``meta`` are the request's WSGI variables. ``X-Forwarded-For`` counts only where the
    options say that a proxy is to be trusted.
    """
    proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    text = hops[-proxies] if proxies and len(hops) >= proxies else str(meta.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def count_attempt(limit: Limit, *who: str) -> None:
    """Count one attempt by ``who``, across all processes.

    Raises:
        RefusedError: kind ``quota`` when there were too many in this window.

    """
    instant = now()
    until = _window_end(limit, instant)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_digest(limit, who), connection.ops.adapt_datetimefield_value(until)])
        count: int = cursor.fetchone()[0]
    if count == 1:
        Attempt.objects.filter(until__lte=instant).delete()
    if count > limit.most:
        raise _refusal((until - instant).total_seconds())


def forget_attempts(limit: Limit, *who: str) -> None:
    """Start counting anew for ``who``, because the last attempt was a good one."""
    Attempt.objects.filter(digest=_digest(limit, who)).delete()


def _window_end(limit: Limit, instant: datetime) -> datetime:
    past = instant.timestamp() % limit.seconds
    return datetime.fromtimestamp(round(instant.timestamp() - past), UTC) + timedelta(seconds=limit.seconds)


def _digest(limit: Limit, who: tuple[str, ...]) -> str:
    # Neither e-mails nor addresses are kept: only what recognises them again.
    return salted_hmac(limit.name, "\n".join(part.casefold() for part in who), algorithm="sha256").hexdigest()


def _refusal(seconds: float) -> RefusedError:
    wait = max(1, int(seconds) + 1)
    return RefusedError("quota", Fault(TOO_MANY.rule, TOO_MANY.message, TOO_MANY.fix, {"seconds": wait}))


def count_request(key: str, most: int, seconds: int = 60) -> None:
    """Count one request under ``key`` in the cache, which is this process's own memory by default.

    Raises:
        RefusedError: kind ``quota`` when this is more than ``most`` in the present window.

    """
    instant = time.time()
    window = int(instant // seconds)
    name = f"requests:{key}:{window}"
    cache.add(name, 0, timeout=seconds)
    try:
        counted = cache.incr(name)
    except ValueError:
        return  # a full cache has let go of it: then it counts anew
    if counted > most:
        raise _refusal((window + 1) * seconds - instant)
