"""The inbox by API."""

from __future__ import annotations

from datetime import datetime

from ninja import Query, Router, Status

from laureate.api.auth import Asking
from laureate.api.paging import Page, page_of
from laureate.api.shapes import Answer
from laureate.base.post import actions, queries

router = Router(tags=["inbox"])


class Message(Answer):
    """A message, in the reader's language; ``path`` is the page it speaks of."""

    id: int
    subject: str
    body: str
    path: str
    sent_at: datetime
    read: bool


class Inbox(Answer):
    """One page of the inbox, newest first, and how many messages are unread in all."""

    items: list[Message]
    next: int | None
    unread: int


@router.get("/inbox", response=Inbox)
def inbox(request: Asking, page: Query[Page]) -> Inbox:
    """List the caller's messages."""
    rows, following = page_of(
        queries.inbox(request.auth, limit=page.limit + 1, before=page.after or None), page.limit
    )
    return Inbox(
        items=[Message.model_validate(row) for row in rows],
        next=following,
        unread=queries.unread_count(request.auth),
    )


@router.post("/inbox/read", response={204: None})
def read_inbox(request: Asking) -> Status[None]:
    """Mark all messages as read."""
    actions.read_inbox(request.auth)
    return Status(204, None)
