"""The nouns: a message in somebody's inbox, a mail that waits to go out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Message(models.Model):
    """One message to one person, kept as kind and parameters, put into words when read."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    dedupe_key = models.CharField(max_length=160, unique=True)
    sent_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "-id"], name="inbox")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_id}"


class Mail(models.Model):
    """A message on its way by e-mail; the worker delivers it."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="+")
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mail of message {self.message_id}"
