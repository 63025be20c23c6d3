"""The state of the machinery by API."""

from __future__ import annotations

from datetime import datetime

from ninja import Router

from laureate.api.auth import ANYONE, Asking
from laureate.api.shapes import Answer
from laureate.base.journal import queries
from laureate.base.journal.clock import now
from laureate.base.people.rules import may_operate

router = Router(tags=["machinery"])


class Queue(Answer):
    """How many tasks wait, run and were set aside, and since when the oldest waits."""

    waiting: int
    running: int
    parked: int
    oldest: datetime | None


class Health(Answer):
    """Whether the server and its database answer; the queue is for operators."""

    ok: bool
    queue: Queue | None = None


@router.get("/health", auth=ANYONE, response=Health, exclude_unset=True)
def health(request: Asking) -> Health:
    """Say whether the server is well."""
    now()  # asks the database
    if not may_operate(request.auth):
        return Health(ok=True)
    return Health(ok=True, queue=Queue.model_validate(queries.queue_health()))
