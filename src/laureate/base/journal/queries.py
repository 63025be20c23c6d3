"""Questions about what happened and what is queued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from laureate.base.journal.choices import TaskState
from laureate.base.journal.models import Event, Task


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
        EventRow(e.pk, e.at, e.actor.name if e.actor else "–", e.verb, e.kind, e.object_id) for e in rows[:limit]
    ]
