"""Verbs of people: open an account, found an organisation, issue and revoke tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from laureate.base.journal.actions import record
from laureate.base.journal.clock import now
from laureate.base.people.choices import OrganisationRole, Scope
from laureate.base.people.models import ApiToken, Membership, Organisation, User
from laureate.base.people.queries import is_set_up, token_digest
from laureate.base.people.rules import (
    ALREADY_SET_UP,
    LAST_OWNER,
    may_issue_token,
    may_operate,
    may_revoke_token,
    may_use,
    no_such_person,
)
from laureate.base.people.texts import keepable, line_faults, require_texts
from laureate.base.people.viewer import RefusedError, Viewer, unknown
from laureate.engine.faults import Fault, mark
from laureate.engine.problem.values import zone_of

TOKEN_PREFIX = "lau_"  # noqa: S105 – public, so that leaked tokens can be found
LAST_USE_GRAIN = timedelta(minutes=5)


def open_account(
    email: str, name: str, password: str | None, *, locale: str = "en", time_zone: str = "UTC"
) -> User:
    """Open an account and return it; with ``password`` None nobody can sign in to it by password.

    Raises:
        RefusedError: with every mistake in e-mail, name and password at once.

    """
    user = User(
        email=email.strip().lower(), name=name.strip(), locale=locale, time_zone=time_zone, joined_at=now()
    )
    faults = [*_email_faults(user.email), *_name_faults(user.name), *_reader_faults(locale, time_zone)]
    if password is not None:
        faults += _password_faults(password, user)
    if faults:
        raise RefusedError("invalid", *faults)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            record("people.account_opened", actor=user.pk, about=user)
    except IntegrityError:
        raise RefusedError("conflict", _taken(user.email)) from None
    return user


def _taken(email: str) -> Fault:
    return Fault(
        "email_taken",
        mark("There is already an account for %(email)s."),
        mark("Sign in, or use another address."),
        {"email": email},
        column="email",
    )


def _email_faults(email: str) -> list[Fault]:
    try:
        validate_email(email)
    except ValidationError:
        message = mark("'%(email)s' is not an e-mail address.")
        return [
            Fault("email", message, mark("Write it like name@example.org."), {"email": email}, column="email")
        ]
    return [_taken(email)] if User.objects.filter(email__iexact=email).exists() else []


def _name_faults(name: str) -> list[Fault]:
    if 1 <= len(name) <= 80:
        return line_faults("name", name)
    return [
        Fault(
            "name", mark("The name is missing or too long."), mark("Write 1 to 80 characters."), column="name"
        )
    ]


def _reader_faults(locale: str, time_zone: str) -> list[Fault]:
    known = {"locale": locale in dict(settings.LANGUAGES), "time_zone": zone_of(time_zone) is not None}
    message, fix = mark("'%(value)s' is not known here."), mark("Choose one of the list.")
    values = {"locale": locale, "time_zone": time_zone}
    return [
        Fault(name, message, fix, {"value": values[name]}, column=name)
        for name, is_known in known.items()
        if not is_known
    ]


def _password_faults(password: str, user: User) -> list[Fault]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [
            Fault(
                "password",
                message.replace("%", "%%"),
                mark("Choose a longer or less common password."),
                column="password",
            )
            for message in error.messages
        ]
    return []


def found_platform(email: str, name: str, password: str, organisation: str, **reader: str) -> User:
    """Make the first operator and their organisation, once in the life of a platform.

    Raises:
        RefusedError: when it has been done before, or with every mistake in the input.

    """
    with transaction.atomic():
        if is_set_up():
            raise RefusedError("conflict", ALREADY_SET_UP)
        user = open_account(email, name, password, **reader)
        user.is_operator = True
        user.save(update_fields=["is_operator"])
        record("people.platform_founded", actor=user.pk, about=user)
        if organisation.strip():
            _found(organisation, user)
    return user


def found_organisation(viewer: Viewer, name: str, owner_email: str = "") -> Organisation:
    """Found an organisation; its owner is the person with ``owner_email``, else the viewer."""
    may_operate(viewer).require()
    with transaction.atomic():
        owner = _person(owner_email or viewer.email)
        if owner is None:
            raise RefusedError("invalid", no_such_person(owner_email, "owner_email"))
        return _found(name, owner)


def _person(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first() if keepable(email) else None


def _found(name: str, owner: User) -> Organisation:
    from django.utils.text import slugify

    faults = _name_faults(name.strip())
    if faults:
        raise RefusedError("invalid", *faults)
    base = slugify(name)[:40] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for s in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if s not in taken)
    organisation = Organisation.objects.create(slug=slug, name=name.strip(), founded_at=now())
    Membership.objects.create(organisation=organisation, user=owner, role=OrganisationRole.OWNER)
    record("people.organisation_founded", actor=owner.pk, about=organisation)
    return organisation


def appoint_member(viewer: Viewer, organisation_id: int, email: str, role: str) -> None:
    """Give a person a role in an organisation; only its owners and operators may."""
    owned = Membership.objects.filter(
        organisation_id=organisation_id, user_id=viewer.require_user(), role=OrganisationRole.OWNER
    )
    if not (viewer.operator or owned.exists()):
        raise unknown()
    may_use(viewer, "host").require()
    user = _person(email)
    if user is None or role not in OrganisationRole.values:
        raise RefusedError("invalid", no_such_person(email))
    with transaction.atomic():
        owners = Membership.objects.select_for_update().filter(
            organisation_id=organisation_id, role=OrganisationRole.OWNER
        )
        if role != OrganisationRole.OWNER and set(owners.values_list("user_id", flat=True)) == {user.pk}:
            raise RefusedError("conflict", LAST_OWNER)
        membership, _ = Membership.objects.update_or_create(
            organisation_id=organisation_id, user=user, defaults={"role": role}
        )
        record("people.member_appointed", actor=viewer.user_id, about=membership)


def issue_token(viewer: Viewer, name: str, scopes: Iterable[str], expires_at: datetime | None = None) -> str:
    """Issue a token and return its secret, which is shown this once and kept only as a digest."""
    user_id = viewer.require_user()
    wanted = sorted(set(scopes) & set(Scope.values))
    if not name.strip() or not wanted:
        fault = Fault(
            "token",
            mark("A token needs a name and at least one scope."),
            mark("Fill in both."),
            column="name",
        )
        raise RefusedError("invalid", fault)
    require_texts(line_faults("name", name.strip()))
    may_issue_token(viewer).require()
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user_id=user_id,
            name=name.strip()[:80],
            hint=secret[:8],
            digest=token_digest(secret),
            scopes=wanted,
            expires_at=expires_at,
        )
        record("people.token_issued", actor=user_id, about=token)
    return secret


def renew_password(email: str) -> str:
    """Give an account a new password and return it; for the operator at the server's terminal.

    Raises:
        RefusedError: when nobody has this address.

    """
    user = _person(email)
    if user is None:
        raise RefusedError("invalid", no_such_person(email))
    made = secrets.token_urlsafe(12)
    with transaction.atomic():
        user.set_password(made)
        user.save(update_fields=["password"])
        record("people.password_renewed", actor=None, about=user)
    return made


def revoke_token(viewer: Viewer, token_id: int) -> None:
    """Revoke one of the viewer's own tokens at once."""
    may_revoke_token(viewer, token_id).require()
    with transaction.atomic():
        token = ApiToken.objects.filter(pk=token_id, user_id=viewer.require_user(), revoked_at=None).first()
        if token is None:
            raise unknown()
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        record("people.token_revoked", actor=viewer.user_id, about=token)


def note_token_use(token: ApiToken, at: datetime) -> None:
    """Keep when a token was last used, to five minutes, so that reading does not write each time."""
    if token.last_used_at is None or at - token.last_used_at > LAST_USE_GRAIN:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def settle_reader(viewer: Viewer, *, name: str, locale: str, time_zone: str, mail_wanted: bool) -> None:
    """Keep how a person wants to be addressed: name, language, time zone, mail."""
    require_texts(_name_faults(name.strip()), _reader_faults(locale, time_zone))
    with transaction.atomic():
        User.objects.filter(pk=viewer.require_user()).update(
            name=name.strip(), locale=locale, time_zone=time_zone, mail_wanted=mail_wanted
        )
        record("people.reader_settled", actor=viewer.user_id, kind="user", object_id=viewer.require_user())
