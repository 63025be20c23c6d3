"""Questions about people."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from laureate.base.people.choices import HOSTING_ROLES, OrganisationRole
from laureate.base.people.models import ApiToken, Membership, Organisation, User
from laureate.base.people.texts import keepable
from laureate.base.people.viewer import STRANGER, Viewer, unknown


def viewer_of(user: object, scopes: frozenset[str] | None = None, token: int | None = None) -> Viewer:
    """Return who is looking: a person with roles, or a stranger."""
    if not isinstance(user, User) or not user.is_active:
        return STRANGER
    roles = list(Membership.objects.filter(user=user).values_list("organisation_id", "role"))
    return Viewer(
        user_id=user.pk,
        name=user.name,
        email=user.email,
        locale=user.locale,
        time_zone=user.time_zone,
        operator=user.is_operator,
        hosting=frozenset(org for org, role in roles if role in HOSTING_ROLES),
        reading=frozenset(org for org, _ in roles),
        scopes=scopes,
        token=token,
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


def viewer_by_password(email: str, password: str) -> Viewer:
    """Return the person with this address and password, else a stranger; both take as long."""
    user = User.objects.filter(email__iexact=email, is_active=True).first() if keepable(email) else None
    if user is None:
        make_password(password)  # so that the time of the answer does not tell who has an account
        return STRANGER
    return viewer_of(user) if user.check_password(password) else STRANGER


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
    found = (
        Organisation.objects.all() if viewer.operator else Organisation.objects.filter(pk__in=viewer.hosting)
    )
    return [OrganisationRow(org.pk, org.slug, org.name) for org in found.order_by("name", "id")]


def find_organisation(viewer: Viewer, slug: str) -> OrganisationRow:
    """Return the organisation with this address, if the viewer belongs to it or operates the platform.

    Raises:
        RefusedError: kind ``unknown`` otherwise.

    """
    found = (
        Organisation.objects.all() if viewer.operator else Organisation.objects.filter(pk__in=viewer.reading)
    )
    organisation = found.filter(slug=slug).first() if keepable(slug) else None
    if organisation is None:
        raise unknown()
    return OrganisationRow(organisation.pk, organisation.slug, organisation.name)


def person_by_email(email: str) -> int | None:
    """Return the id of the person with this address, whatever its capitals; None where there is none."""
    if not keepable(email):
        return None
    return (
        User.objects.filter(email__iexact=email.strip(), is_active=True).values_list("pk", flat=True).first()
    )


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person's role in an organisation."""

    name: str
    email: str
    role: str
    role_name: str


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """An organisation as its own people see it."""

    id: int
    slug: str
    name: str
    members: tuple[MemberRow, ...]
    owned: bool
    """Whether the viewer may give roles."""


def organisation_page(viewer: Viewer, slug: str) -> OrganisationPage:
    """Return an organisation with its people.

    Raises:
        RefusedError: kind ``unknown`` for those who do not belong to it.

    """
    row = find_organisation(viewer, slug)
    members = Membership.objects.filter(organisation_id=row.id).select_related("user").order_by("id")
    owned = viewer.operator or any(
        m.user_id == viewer.user_id and m.role == OrganisationRole.OWNER for m in members
    )
    rows = tuple(
        MemberRow(m.user.name, m.user.email, m.role, str(OrganisationRole(m.role).label)) for m in members
    )
    return OrganisationPage(row.id, row.slug, row.name, rows, owned)


def reader_of(viewer: Viewer) -> dict[str, Any]:
    """Return how the viewer wants to be addressed: name, language, time zone, mail."""
    user = User.objects.get(pk=viewer.require_user())
    return {
        "name": user.name,
        "locale": user.locale,
        "time_zone": user.time_zone,
        "mail_wanted": user.mail_wanted,
    }


def is_set_up() -> bool:
    """Return whether the platform has its first operator."""
    return User.objects.filter(is_operator=True).exists()
