"""The states of a task."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskState(models.TextChoices):
    """A task waits, is run under a lease, is done, or is parked for the operator."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    PARKED = "parked", _("parked")


MAX_TRIES = 3
LEASE_SECONDS = 120
BACKOFF_SECONDS = (2, 15, 120)
