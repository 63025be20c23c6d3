"""Claiming and finishing tasks: a lease with a deadline, a fence against zombies.

A task is claimed by one ``UPDATE … RETURNING``. Its fence number grows with each claim; a
result is accepted only from the holder of the newest fence, inside the transaction that
writes the result. A worker killed at any moment therefore leaves either nothing or all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from laureate.base.journal.choices import BACKOFF_SECONDS, LEASE_SECONDS, MAX_TRIES, TaskState
from laureate.base.journal.clock import now
from laureate.base.journal.models import Task

KEPT = timedelta(days=7)
"""How long a done task is kept for the operator to look at."""


class LostLeaseError(Exception):
    """Raised when a result comes from a worker whose lease has passed to another."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to finish one task, until ``lease_until``, under ``fence``."""

    task_id: int
    handler: str
    payload: Mapping[str, Any]
    fence: int
    tries: int

    @property
    def exhausted(self) -> bool:
        """Return whether all tries were used up by workers that died."""
        return self.tries > MAX_TRIES


CLAIM = """
UPDATE journal_task
SET state = 'running', fence = fence + 1, tries = tries + 1, lease_until = %s, worker = %s
WHERE id = (
    SELECT id FROM journal_task
    WHERE (state = 'waiting' AND not_before <= %s) OR (state = 'running' AND lease_until < %s)
    ORDER BY not_before, id LIMIT 1 {lock}
)
RETURNING id, handler, payload, fence, tries
"""


def claim_task(worker: str, lease_seconds: int = LEASE_SECONDS) -> Claim | None:
    """Claim the task that is due longest, or return None when nothing is due."""
    instant = now()
    adapt = connection.ops.adapt_datetimefield_value
    lock = "" if connection.vendor == "sqlite" else "FOR UPDATE SKIP LOCKED"
    due = adapt(instant)
    with transaction.atomic(), connection.cursor() as cursor:
        until = adapt(instant + timedelta(seconds=lease_seconds))
        cursor.execute(CLAIM.format(lock=lock), [until, worker, due, due])
        row = cursor.fetchone()
    if row is None:
        return None
    task_id, handler, payload, fence, tries = row
    return Claim(task_id, handler, json.loads(payload), fence, tries)


def forsake_leases(worker: str) -> int:
    """End the leases of an earlier process of this name, so that nobody waits for the dead; return how many.

    Only for names that one process at a time bears. Should the earlier one be alive after all,
    its fence keeps its late results out.
    """
    past = now() - timedelta(milliseconds=1)
    return Task.objects.filter(worker=worker, state=TaskState.RUNNING).update(lease_until=past)


def forget_done_tasks() -> int:
    """Delete tasks that were done more than a week ago; return how many. The events stay."""
    gone, _ = Task.objects.filter(state=TaskState.DONE, finished_at__lt=now() - KEPT).delete()
    return gone


def extend_lease(claim: Claim, lease_seconds: int) -> None:
    """Let a claim last ``lease_seconds`` from now; without effect when it has passed to another worker."""
    until = now() + timedelta(seconds=lease_seconds)
    Task.objects.filter(pk=claim.task_id, fence=claim.fence, state=TaskState.RUNNING).update(
        lease_until=until
    )


def hold_task(claim: Claim) -> Task:
    """Lock the claimed row for the caller's transaction.

    Raises:
        LostLeaseError: when another worker has claimed it since.

    """
    task = (
        Task.objects.select_for_update()
        .filter(pk=claim.task_id, fence=claim.fence, state=TaskState.RUNNING)
        .first()
    )
    if task is None:
        raise LostLeaseError(f"task {claim.task_id} is no longer ours")
    return task


def finish_task(task: Task) -> None:
    """Mark a held task done, in the transaction that wrote its result."""
    task.state, task.finished_at, task.lease_until, task.last_error = TaskState.DONE, now(), None, ""
    task.save(update_fields=["state", "finished_at", "lease_until", "last_error"])


def postpone_task(task: Task, error: str) -> None:
    """Let a held task wait for its next try."""
    pause = BACKOFF_SECONDS[min(task.tries, len(BACKOFF_SECONDS)) - 1]
    task.state, task.lease_until, task.last_error = TaskState.WAITING, None, error
    task.not_before = now() + timedelta(seconds=pause)
    task.save(update_fields=["state", "lease_until", "last_error", "not_before"])


def park_task(task: Task, error: str) -> None:
    """Set a held task aside for the operator."""
    task.state, task.lease_until, task.last_error, task.finished_at = TaskState.PARKED, None, error, now()
    task.save(update_fields=["state", "lease_until", "last_error", "finished_at"])


def retry_task(task_id: int) -> bool:
    """Give a parked task three new tries; return whether there was such a task."""
    return bool(
        Task.objects.filter(pk=task_id, state=TaskState.PARKED).update(
            state=TaskState.WAITING, tries=0, not_before=now(), finished_at=None
        )
    )
