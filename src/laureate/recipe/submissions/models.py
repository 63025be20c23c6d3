"""The nouns: a team, its members and invitations, its entries and the slots they take."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from laureate.base.files.models import Blob
from laureate.recipe.problem.models import Challenge, Phase
from laureate.recipe.submissions.choices import EntryState, MergeState


class Team(models.Model):
    """One or more solvers who take part in one challenge together."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    captain = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    baseline = models.BooleanField(default=False)
    formed_at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "name"], condition=models.Q(merged_into=None), name="one_team_per_name"
            ),
            models.CheckConstraint(
                name="solvers_team_has_a_captain",
                condition=models.Q(baseline=True) | models.Q(captain__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A solver's place in a team; one place per challenge."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="one_team_per_solver")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Invitation(models.Model):
    """A link that lets one person join a team; kept as a digest."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"invitation to {self.team_id}"


class Merge(models.Model):
    """A proposal that ``source`` becomes part of ``target``."""

    source = models.ForeignKey(Team, models.CASCADE, related_name="+")
    target = models.ForeignKey(Team, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=MergeState.choices, default=MergeState.PROPOSED)
    proposed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target"],
                condition=models.Q(state="proposed"),
                name="one_open_merge_per_pair",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"


class Entry(models.Model):
    """What a team handed in: received first, judged later."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="+")
    phase = models.ForeignKey(Phase, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="entries")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    note = models.CharField(max_length=280, blank=True)
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=EntryState.choices, default=EntryState.RECEIVED)
    judged_at = models.DateTimeField(null=True)
    faults = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["challenge", "state", "id"], name="entries_by_challenge"),
            models.Index(fields=["team", "-id"], name="entries_by_team"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Slot(models.Model):
    """One place of a team's quota in one window (a UTC day, or ``total``), taken by one entry.

    The quota is this table's constraints: a number between 1 and the ceiling, taken once.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    window = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    ceiling = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "window", "number"], name="one_entry_per_slot"),
            models.UniqueConstraint(fields=["entry", "window"], name="one_slot_per_entry_and_window"),
            models.CheckConstraint(
                name="slot_within_quota",
                condition=models.Q(number__gte=1) & models.Q(number__lte=models.F("ceiling")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.window} {self.number}/{self.ceiling}"


class FinalSelection(models.Model):
    """An entry that a team wants to be judged by at the close."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    ceiling = models.PositiveSmallIntegerField()
    entry = models.OneToOneField(Entry, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="one_entry_per_final_selection"),
            models.CheckConstraint(
                name="final_selections_within_limit",
                condition=models.Q(number__gte=1) & models.Q(number__lte=models.F("ceiling")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.number}: {self.entry_id}"
