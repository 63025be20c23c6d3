"""The words of a problem: states, roles, kinds of file."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChallengeState(models.TextChoices):
    """The life of a challenge; its transitions are a table in ``laureate.engine.timeline``."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    FINAL = "final", _("final")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ChallengeRole(models.TextChoices):
    """What a person outside the organisation may do with one challenge."""

    HOST = "host", _("Host")
    READER = "reader", _("Reader")


class FileKind(models.TextChoices):
    """What a file of a challenge is for."""

    DATA = "data", _("data file")
    SAMPLE = "sample", _("sample submission")
    SOLUTION = "solution", _("solution file")
    BASELINE = "baseline", _("baseline entry")


# States in which the public may know that a challenge exists.
PUBLIC_STATES = (ChallengeState.OPEN, ChallengeState.CLOSED, ChallengeState.FINAL)
# States in which private scores are no secret any more.
REVEALED_STATES = (ChallengeState.CLOSED, ChallengeState.FINAL)
