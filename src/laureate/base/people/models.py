"""The nouns: a person, an organisation, a membership, a token."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now

from laureate.base.people.choices import OrganisationRole


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person with an account."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=80)
    locale = models.CharField(max_length=5, default="en", choices=[("en", "English"), ("fr", "Français")])
    time_zone = models.CharField(max_length=64, default="UTC")
    mail_wanted = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.name

    @property
    def username(self) -> str:
        """Return the e-mail, for libraries that ask for a user name."""
        return self.email


class Organisation(models.Model):
    """A company or institution that poses problems."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    website = models.URLField(blank=True)
    founded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in an organisation."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=OrganisationRole.choices)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="one_role_per_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class ApiToken(models.Model):
    """A key for programs: kept as a digest, shown once, limited to scopes, revocable."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class Attempt(models.Model):
    """How often something delicate was tried in one window of time, by one address; for :mod:`throttle`."""

    digest = models.CharField(max_length=64)
    until = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["until"], name="attempts_by_end")]
        constraints = [models.UniqueConstraint(fields=["digest", "until"], name="one_count_per_window")]

    def __str__(self) -> str:
        return f"{self.digest[:8]}… {self.count} until {self.until:%H:%M:%S}"
