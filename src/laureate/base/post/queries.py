"""Questions about the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from laureate.base.people.viewer import Viewer
from laureate.base.post.choices import LETTERS
from laureate.base.post.models import Message


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as its recipient reads it, in the language now active."""

    id: int
    subject: str
    body: str
    path: str
    sent_at: datetime
    read: bool


def unread_count(viewer: Viewer) -> int:
    """Return how many messages wait to be read; zero for strangers."""
    if viewer.user_id is None:
        return 0
    return Message.objects.filter(recipient_id=viewer.user_id, read_at=None).count()


def inbox(viewer: Viewer, limit: int = 50, before: int | None = None) -> list[MessageRow]:
    """Return the newest messages of the viewer, optionally those with an id below ``before``."""
    rows = Message.objects.filter(recipient_id=viewer.require_user()).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [in_words(row) for row in rows[:limit]]


def in_words(message: Message) -> MessageRow:
    """Return the message in the active language."""
    letter = LETTERS[message.kind]
    return MessageRow(
        id=message.pk,
        subject=gettext(letter.subject) % message.params,
        body=gettext(letter.body) % message.params,
        path=message.path,
        sent_at=message.sent_at,
        read=message.read_at is not None,
    )
