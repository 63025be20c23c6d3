"""Verbs of post: tell somebody, mark as read, deliver a mail."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import override

from laureate.base.journal.actions import queue_task
from laureate.base.journal.clock import now
from laureate.base.people.models import User
from laureate.base.people.rules import may_use
from laureate.base.people.viewer import Viewer
from laureate.base.post.models import Mail, Message
from laureate.base.post.queries import in_words


def tell(recipient_id: int, kind: str, params: Mapping[str, str], *, path: str, dedupe_key: str) -> None:
    """Put a message into an inbox, and a mail into the outbox where mail is on and wanted.

    Idempotent by ``dedupe_key``; runs in the caller's transaction.
    """
    message, new = Message.objects.get_or_create(
        dedupe_key=f"{dedupe_key}:{recipient_id}",
        defaults={
            "recipient_id": recipient_id,
            "kind": kind,
            "params": dict(params),
            "path": path,
            "sent_at": now(),
        },
    )
    if new and settings.MAIL_ON and User.objects.filter(pk=recipient_id, mail_wanted=True).exists():
        mail = Mail.objects.create(message=message)
        queue_task("deliver_mail", {"mail": mail.pk}, f"deliver_mail:{mail.pk}")


def read_inbox(viewer: Viewer) -> None:
    """Mark all messages of the viewer as read."""
    viewer.require_user()
    may_use(viewer, "read").require()
    Message.objects.filter(recipient_id=viewer.require_user(), read_at=None).update(read_at=now())


def send_mail(mail_id: int) -> None:
    """Send one mail in its reader's language, unless it went out before.

    Runs outside a transaction: a slow mail server must not hold the database's write lock.
    Together with :func:`note_delivery` it delivers at least once.
    """
    mail = Mail.objects.select_related("message__recipient").filter(pk=mail_id, delivered_at=None).first()
    if mail is None:
        return
    reader = mail.message.recipient
    with override(reader.locale):
        row = in_words(mail.message)
    body = f"{row.body}\n\n{settings.PUBLIC_URL}{row.path}\n"
    EmailMessage(row.subject, body, settings.DEFAULT_FROM_EMAIL, [reader.email]).send()


def note_delivery(mail_id: int) -> None:
    """Keep that a mail went out."""
    Mail.objects.filter(pk=mail_id, delivered_at=None).update(delivered_at=now())
