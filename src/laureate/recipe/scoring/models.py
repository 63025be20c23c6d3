"""The noun: a score, public and private, of one entry."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from laureate.recipe.submissions.models import Entry


class Score(models.Model):
    """What the machines measured, once per entry. Private figures stay here until the close."""

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="+")
    solution_sha256 = models.CharField(max_length=64)
    public = models.FloatField(null=True)
    public_low = models.FloatField(null=True)
    public_high = models.FloatField(null=True)
    public_rows = models.PositiveIntegerField(default=0)
    private = models.FloatField(null=True)
    private_low = models.FloatField(null=True)
    private_high = models.FloatField(null=True)
    private_rows = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=20)
    scored_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"score of entry {self.entry_id}"
