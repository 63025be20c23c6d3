"""Questions about people."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from laureate.base.people.choices import HOSTING_ROLES
from laureate.base.people.models import ApiToken, Membership, Organisation, User
from laureate.base.people.viewer import STRANGER, Viewer


def viewer_of(user: object, scopes: frozenset[str] | None = None) -> Viewer:
    """Return who is looking: a person with roles, or a stranger."""
    if not isinstance(user, User) or not user.is_active:
        return STRANGER
    roles = list(Membership.objects.filter(user=user).values_list("organisation_id", "role"))
    return Viewer(
        user_id=user.pk,
        name=user.name,
        email=user.email,
        operator=user.is_operator,
        hosting=frozenset(org for org, role in roles if role in HOSTING_ROLES),
        reading=frozenset(org for org, _ in roles),
        scopes=scopes,
    )


def token_digest(token: str) -> str:
    """Return the SHA-256 under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_in_use(token: str, now: datetime) -> ApiToken | None:
    """Return the valid token with this secret, or None if unknown, revoked or expired at ``now``."""
    return (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(digest=token_digest(token), revoked_at=None, user__is_active=True)
        .first()
    )


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its owner sees it: never the secret."""

    id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    made_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


def tokens_of(viewer: Viewer) -> list[TokenRow]:
    """Return the viewer's tokens that are not revoked, newest first."""
    rows = ApiToken.objects.filter(user_id=viewer.require_user(), revoked_at=None).order_by("-id")
    return [
        TokenRow(row.pk, row.name, row.hint, tuple(row.scopes), row.made_at, row.last_used_at, row.expires_at)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation, as shown in lists and forms."""

    id: int
    slug: str
    name: str


def hosted_organisations(viewer: Viewer) -> list[OrganisationRow]:
    """Return the organisations for which the viewer may run challenges, by name."""
    found = Organisation.objects.all() if viewer.operator else Organisation.objects.filter(pk__in=viewer.hosting)
    return [OrganisationRow(org.pk, org.slug, org.name) for org in found.order_by("name", "id")]


def is_set_up() -> bool:
    """Return whether the platform has its first operator."""
    return User.objects.filter(is_operator=True).exists()
