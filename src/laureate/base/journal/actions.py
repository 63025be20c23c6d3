"""Verbs of the journal: record an event, queue what follows from it."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from laureate.base.journal.clock import now
from laureate.base.journal.models import Event

# One statement where get_or_create() would take four: every entry queues a task while its solver waits.
QUEUE = """
INSERT INTO journal_task
    (handler, payload, event_id, dedupe_key, state, queued_at, not_before, fence, tries, worker, last_error)
VALUES (%s, %s, %s, %s, 'waiting', %s, %s, 0, 0, '', '')
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id
"""


@cache
def reactions() -> Mapping[str, tuple[str, ...]]:
    """Return which handlers react to which verb, as the setting ``REACTIONS`` declares."""
    found: Mapping[str, tuple[str, ...]] = import_string(settings.REACTIONS)
    return found


def record(
    verb: str,
    *,
    actor: int | None,
    about: models.Model | None = None,
    kind: str = "",
    object_id: int | str = "",
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Append an event and queue its reactions, inside the caller's transaction.

    ``payload`` holds ids and digests only, never scores, names or ballots.

    Raises:
        RuntimeError: outside a transaction, where an event could outlive a failed action.

    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{verb}: an event is recorded in the transaction of its action")
    if about is not None:
        kind, object_id = about._meta.model_name or "", about.pk
    event = Event.objects.create(
        at=now(), actor_id=actor, verb=verb, kind=kind, object_id=str(object_id), payload=dict(payload or {})
    )
    for handler in reactions().get(verb, ()):
        queue_task(
            handler, {"object_id": object_id, "actor": actor, **event.payload}, f"{handler}:{event.pk}", event
        )
    return event


def queue_task(
    handler: str,
    payload: Mapping[str, Any],
    dedupe_key: str,
    event: Event | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Queue one task unless ``dedupe_key`` was queued before; return whether it is new."""
    # The journal's clock, not the column's default: a replay of the past does its tasks in the past.
    due = not_before or now()
    connection, adapt = (
        transaction.get_connection(),
        transaction.get_connection().ops.adapt_datetimefield_value,
    )
    values = [
        handler,
        json.dumps(dict(payload)),
        event.pk if event else None,
        dedupe_key,
        adapt(due),
        adapt(due),
    ]
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, values)
        new = cursor.fetchone() is not None
    if new:
        transaction.on_commit(wake_worker)
    return new


def wake_worker() -> None:
    """Tell the worker on this machine that there is work; it polls anyway, so silence is harmless."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            bell.setblocking(False)
            bell.sendto(b"!", str(settings.WORKER_SOCKET))
    except OSError:
        return
