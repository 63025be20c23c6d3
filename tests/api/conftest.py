"""Callers of the API, each with the rights under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

if TYPE_CHECKING:
    from laureate.base.people.models import User
    from laureate.recipe.problem.models import Challenge
    from support.people import People

V1 = "/api/v1"


@dataclass
class Caller:
    """A program that speaks to the API, with a token or as a stranger."""

    token: str = ""
    client: Client = field(default_factory=Client)

    def __call__(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        form: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> Any:
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        address = path if path.startswith("/api/") else V1 + path
        if form is not None:
            return self.client.post(address, dict(form), headers=headers)
        send = getattr(self.client, method.lower())
        if method == "GET":
            return send(address, data, headers=headers)
        return send(address, data, content_type="application/json", headers=headers)


def upload(content: bytes, name: str = "entry.csv") -> SimpleUploadedFile:
    """Return a file to put into a form."""
    return SimpleUploadedFile(name, content)


def refused(response: Any, status: int, rule: str | None = None) -> dict[str, Any]:
    """Check that an answer is a problem of this status (and rule), and return it."""
    assert response.status_code == status, (response.status_code, response.content)
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["detail"]
    for fault in body["errors"]:
        assert fault["message"]
        assert fault["fix"]
        assert "%(" not in fault["message"] + fault["fix"]
    if rule is not None:
        assert rule in [fault["rule"] for fault in body["errors"]], body
    return body


def good(response: Any, status: int = 200) -> Any:
    """Check that an answer has this status and return its JSON."""
    assert response.status_code == status, (response.status_code, response.content)
    return response.json() if response.content else None


@pytest.fixture(scope="session", autouse=True)
def _folders() -> None:
    """Make what ``laureate up`` makes: the places of uploads and of static files."""
    for place in (settings.FILE_UPLOAD_TEMP_DIR, settings.STATIC_ROOT):
        Path(place).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def call(people: People) -> Callable[..., Caller]:
    """Give ``call(user, *scopes)``: a caller with a token of these scopes (all when none is named)."""
    from laureate.base.people.actions import issue_token
    from support.people import look_as

    def caller(user: User | None, *scopes: str) -> Caller:
        if user is None:
            return Caller()
        return Caller(issue_token(look_as(user), "test", scopes or ("read", "submit", "host")))

    return caller


@pytest.fixture
def as_solver(call: Callable[..., Caller], people: People) -> Caller:
    """Give the solver's program."""
    return call(people.solver)


@pytest.fixture
def as_host(call: Callable[..., Caller], people: People) -> Caller:
    """Give the host's program."""
    return call(people.host)


@pytest.fixture
def stranger() -> Caller:
    """Give a program without a token."""
    return Caller()


@pytest.fixture
def draft(people: People, claims: Callable[..., Any]) -> Challenge:
    """Give the claims challenge as a draft."""
    from laureate.recipe.problem.actions import import_challenge
    from support.people import look_as

    return import_challenge(look_as(people.host), people.organisation, claims())
