"""The words of people and their roles."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationRole(models.TextChoices):
    """What a member may do in an organisation."""

    OWNER = "owner", _("Owner")
    HOST = "host", _("Host")
    READER = "reader", _("Reader")


class Scope(models.TextChoices):
    """What an API token may be used for."""

    READ = "read", _("Read challenges, boards and own entries")
    SUBMIT = "submit", _("Join challenges and submit entries")
    HOST = "host", _("Publish, export and run challenges")


HOSTING_ROLES = (OrganisationRole.OWNER, OrganisationRole.HOST)
