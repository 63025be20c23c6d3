"""The words of submissions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryState(models.TextChoices):
    """The life of an entry; its transitions are a table in ``laureate.engine.timeline``."""

    RECEIVED = "received", _("received")
    SCORED = "scored", _("scored")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class MergeState(models.TextChoices):
    """The life of a proposal to merge two teams."""

    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


# States in which an entry uses up a slot of the quota.
COUNTED_STATES = (EntryState.RECEIVED, EntryState.SCORED)
TOTAL = "total"
