"""The nouns: an event that happened, a task that follows from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from laureate.base.journal.choices import TaskState


class Event(models.Model):
    """Something that happened; written in the action's own transaction, never changed."""

    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id", "id"], name="event_by_object")]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.object_id}"


class Task(models.Model):
    """Work to be done aside. The row is the truth: whoever holds its lease may finish it."""

    handler = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    dedupe_key = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.WAITING)
    queued_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    last_error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="task_due",
                condition=models.Q(state__in=[TaskState.WAITING, TaskState.RUNNING]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="running_task_has_a_deadline",
                condition=~models.Q(state=TaskState.RUNNING) | models.Q(lease_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.dedupe_key} {self.state}"
