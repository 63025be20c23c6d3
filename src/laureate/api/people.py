"""People by API: accounts, tokens, organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Router, Status
from pydantic import StringConstraints

from laureate.api.auth import ANYONE, Asking
from laureate.api.shapes import Answer, Asked, Id, Instant, Slug, Zone
from laureate.base.journal.clock import now
from laureate.base.people import actions, queries
from laureate.base.people.throttle import (
    OPEN_ACCOUNT,
    SIGN_IN,
    SIGN_IN_TO_ACCOUNT,
    address_of,
    count_attempt,
    forget_attempts,
)
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.engine.faults import Fault, mark

router = Router(tags=["people"])

Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Email = Annotated[str, Field(max_length=254, examples=["name@example.org"])]
Password = Annotated[str, Field(max_length=1024)]
ScopeName = Literal["read", "submit", "host"]
SCOPES: tuple[ScopeName, ...] = ("read", "submit", "host")

WRONG_PASSWORD = Fault(
    "wrong_password",
    mark("There is no account with this address and password."),
    mark("Check both for slips of the pen."),
)
ALREADY_OVER = Fault(
    "already_over",
    mark("The token would expire before it is used."),
    mark("Choose an instant in the future."),
    column="expires_at",
)


class AccountAsked(Asked):
    """A new account."""

    email: Email
    name: Named
    password: Password
    locale: Literal["en", "fr"] = "en"
    time_zone: Zone = "UTC"


class Account(Answer):
    """An account that was opened."""

    email: str
    name: str


class TokenAsked(Asked):
    """A new token; with e-mail and password for who has none yet."""

    name: Named
    scopes: list[ScopeName] = Field(["read", "submit"], min_length=1, max_length=3)
    expires_at: Instant | None = None
    email: Email | None = None
    password: Password | None = None


class Issued(Answer):
    """A token with its secret, which is shown this once."""

    id: int
    token: str
    name: str
    scopes: list[ScopeName]
    expires_at: datetime | None


class Token(Answer):
    """A token without its secret; ``hint`` is how the secret begins."""

    id: int
    name: str
    hint: str
    scopes: list[ScopeName]
    made_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class Tokens(Answer):
    """All tokens of a person that are not revoked, newest first."""

    items: list[Token]


class Organisation(Answer):
    """An organisation."""

    slug: str
    name: str


class Me(Answer):
    """Who the caller is, and what this token or session may do."""

    email: str
    name: str
    locale: str
    time_zone: str
    operator: bool
    scopes: list[ScopeName]
    organisations: list[Organisation]


class OrganisationAsked(Asked):
    """A new organisation; its owner is the caller unless another person is named."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    owner_email: Annotated[str, Field(max_length=254)] = ""


class MemberAsked(Asked):
    """A person's role in an organisation."""

    email: Email
    role: Literal["owner", "host", "reader"]


@router.post("/accounts", auth=ANYONE, response={201: Account})
def open_account(request: Asking, asked: AccountAsked) -> Status[Account]:
    """Open an account. It works at once, with no mail to wait for."""
    count_attempt(OPEN_ACCOUNT, address_of(request.META))
    user = actions.open_account(
        asked.email, asked.name, asked.password, locale=asked.locale, time_zone=asked.time_zone
    )
    return Status(201, Account(email=user.email, name=user.name))


@router.post("/tokens", auth=ANYONE, response={201: Issued})
def issue_token(request: Asking, asked: TokenAsked) -> Status[Issued]:
    """Issue a token, for the caller or for the person with ``email`` and ``password``."""
    viewer, instant = request.auth, now()
    if asked.email is not None or asked.password is not None:
        viewer = _by_password(request, asked.email or "", asked.password or "")
    viewer.require_user()
    if asked.expires_at is not None and asked.expires_at <= instant:
        raise RefusedError("invalid", ALREADY_OVER)
    secret = actions.issue_token(viewer, asked.name, asked.scopes, asked.expires_at)
    token = queries.token_in_use(secret, instant)
    assert token is not None, "it was valid at that instant"
    issued = Issued(
        id=token.pk, token=secret, name=token.name, scopes=token.scopes, expires_at=token.expires_at
    )
    return Status(201, issued)


def _by_password(request: HttpRequest, email: str, password: str) -> Viewer:
    address = address_of(request.META)
    count_attempt(SIGN_IN, address)
    count_attempt(SIGN_IN_TO_ACCOUNT, address, email)
    viewer = queries.viewer_by_password(email, password)
    if not viewer.signed_in:
        raise RefusedError("sign_in", WRONG_PASSWORD)
    forget_attempts(SIGN_IN_TO_ACCOUNT, address, email)
    return viewer


@router.get("/tokens", response=Tokens)
def list_tokens(request: Asking) -> Tokens:
    """List the caller's tokens, without their secrets."""
    rows = queries.tokens_of(request.auth)
    return Tokens(items=[Token.model_validate(row) for row in rows])


@router.delete("/tokens/{id}", response={204: None})
def revoke_token(request: Asking, id: Id) -> Status[None]:  # noqa: A002
    """Revoke one of the caller's tokens, at once."""
    actions.revoke_token(request.auth, id)
    return Status(204, None)


@router.get("/me", response=Me)
def me(request: Asking) -> Me:
    """Say who the caller is."""
    viewer = request.auth
    return Me(
        email=viewer.email,
        name=viewer.name,
        locale=viewer.locale,
        time_zone=viewer.time_zone,
        operator=viewer.operator,
        scopes=[scope for scope in SCOPES if viewer.holds(scope)],
        organisations=[
            Organisation(slug=org.slug, name=org.name) for org in queries.hosted_organisations(viewer)
        ],
    )


@router.post("/organisations", response={201: Organisation})
def found_organisation(request: Asking, asked: OrganisationAsked) -> Status[Organisation]:
    """Found an organisation; for operators of the platform."""
    organisation = actions.found_organisation(request.auth, asked.name, asked.owner_email)
    return Status(201, Organisation(slug=organisation.slug, name=organisation.name))


@router.put("/organisations/{slug}/members", response={204: None})
def appoint_member(request: Asking, slug: Slug, asked: MemberAsked) -> Status[None]:
    """Give a person a role in an organisation; for its owners."""
    organisation = queries.find_organisation(request.auth, slug)
    actions.appoint_member(request.auth, organisation.id, asked.email, asked.role)
    return Status(204, None)
