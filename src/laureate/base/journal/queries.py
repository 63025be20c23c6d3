"""Questions about what happened and what is queued."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min

from laureate.base.journal.choices import TaskState
from laureate.base.journal.models import Event, Task

SAFE_SQLITE = (3, 51, 3)
"""The first version without the reset bug of the write-ahead log."""


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """How the queue stands: counts by state and since when the oldest task waits."""

    waiting: int
    running: int
    parked: int
    oldest: datetime | None


def queue_health() -> QueueHealth:
    """Return the state of the task queue."""
    counts = dict(Task.objects.order_by().values_list("state").annotate(n=Count("id")))
    oldest = Task.objects.filter(state=TaskState.WAITING).aggregate(oldest=Min("queued_at"))["oldest"]
    return QueueHealth(counts.get("waiting", 0), counts.get("running", 0), counts.get("parked", 0), oldest)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the platform stands on: room on disk, database, mail."""

    data: str
    disk_free: int
    disk_share: int
    """Free part of the disk, in percent."""
    database: str
    old_sqlite: str
    """The version of SQLite where it still has the write-ahead log's reset bug, else empty."""
    mail: bool


def surroundings() -> Surroundings:
    """Return what the platform stands on."""
    disk = shutil.disk_usage(settings.DATA)
    old = connection.vendor == "sqlite" and sqlite3.sqlite_version_info < SAFE_SQLITE
    return Surroundings(
        str(settings.DATA),
        disk.free,
        round(100 * disk.free / disk.total),
        connection.vendor,
        sqlite3.sqlite_version if old else "",
        settings.MAIL_ON,
    )


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A task that kept failing, for the operator."""

    id: int
    handler: str
    tries: int
    last_error: str
    finished_at: datetime | None


def parked_tasks(limit: int = 100) -> list[ParkedRow]:
    """Return the tasks that were set aside, newest first."""
    rows = Task.objects.filter(state=TaskState.PARKED).order_by("-id")[:limit]
    return [ParkedRow(t.pk, t.handler, t.tries, t.last_error, t.finished_at) for t in rows]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the journal."""

    id: int
    at: datetime
    actor: str
    verb: str
    kind: str
    object_id: str


def latest_events(limit: int = 50, before: int | None = None) -> list[EventRow]:
    """Return the newest events, optionally those with an id below ``before``."""
    rows = Event.objects.select_related("actor").order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        EventRow(e.pk, e.at, e.actor.name if e.actor else "–", e.verb, e.kind, e.object_id)
        for e in rows[:limit]
    ]
