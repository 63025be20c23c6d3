"""The nouns: a challenge, its phases, its files, the people who run it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from laureate.base.files.models import Blob
from laureate.base.people.models import Organisation
from laureate.recipe.problem.choices import ChallengeRole, ChallengeState, FileKind


class Challenge(models.Model):
    """A posed problem: what is asked, how it is measured, within which limits."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=50, unique=True)
    state = models.CharField(max_length=10, choices=ChallengeState.choices, default=ChallengeState.DRAFT)
    title = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="en")
    summary = models.CharField(max_length=280, blank=True)
    brief = models.TextField(blank=True)
    field = models.CharField(max_length=40, blank=True)
    sponsor = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    metric = models.CharField(max_length=60, blank=True)
    options = models.JSONField(default=dict)
    id_column = models.CharField(max_length=120, blank=True)
    targets = models.JSONField(default=list)
    entries_per_day = models.PositiveIntegerField(default=5)
    entries_per_team = models.PositiveIntegerField(null=True)
    final_selections = models.PositiveIntegerField(default=2)
    team_size = models.PositiveIntegerField(default=5)
    teams_freeze_at = models.DateTimeField(null=True)
    drafted_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-published_at"], name="challenges_by_state")]
        constraints = [
            models.CheckConstraint(
                name="challenge_limits_are_sane",
                condition=models.Q(
                    entries_per_day__range=(1, 1000),
                    final_selections__range=(1, 20),
                    team_size__range=(1, 100),
                ),
            ),
            models.CheckConstraint(
                name="published_challenge_has_a_date",
                condition=models.Q(state__in=["draft", "withdrawn"]) | models.Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Phase(models.Model):
    """A window in which entries are received: half-open, ``opens_at`` <= t < ``closes_at``."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField(default=0)
    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "key"], name="one_phase_per_key"),
            models.CheckConstraint(
                name="phase_opens_before_it_closes", condition=models.Q(opens_at__lt=models.F("closes_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ChallengeFile(models.Model):
    """A file of a challenge. Solution and baselines are for its hosts alone."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=FileKind.choices)
    path = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "kind", "path"], name="one_file_per_path"),
            models.UniqueConstraint(
                fields=["challenge", "kind"],
                condition=models.Q(kind__in=["sample", "solution"]),
                name="one_solution_and_one_sample",
            ),
        ]

    def __str__(self) -> str:
        return self.path


class Appointment(models.Model):
    """A person's role in one challenge, beside the roles of its organisation."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="appointments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=ChallengeRole.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="one_role_per_challenge")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.challenge_id}"
