"""The noun: a blob, known by the SHA-256 of its bytes."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Blob(models.Model):
    """Bytes on disk; the row exists only after the bytes are safely there."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.sha256
