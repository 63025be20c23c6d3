"""Browsers of everybody, and a challenge in which they take part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from .browser import Browser, browser_of

if TYPE_CHECKING:
    from laureate.recipe.problem.models import Challenge
    from support.people import People


@pytest.fixture(scope="session", autouse=True)
def _folders() -> None:
    """Make what ``laureate up`` makes: the places of uploads and of static files."""
    for place in (settings.FILE_UPLOAD_TEMP_DIR, settings.STATIC_ROOT):
        Path(place).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def browse(people: People) -> Callable[[str], Browser]:
    """Give ``browse(role)``: the browser of a person of the tests, or of a ``stranger``."""
    return lambda role: browser_of(None if role == "stranger" else getattr(people, role))


@pytest.fixture
def draft(people: People, claims: Callable[..., Path]) -> Challenge:
    """Give the claims challenge as a draft."""
    from laureate.recipe.problem.actions import import_challenge
    from support.people import look_as

    return import_challenge(look_as(people.host), people.organisation, claims())


@pytest.fixture
def teamed(open_challenge: Challenge, people: People, submit: Any, work: Callable[[], int]) -> dict[str, int]:
    """Give an open challenge with the solver's team of two and the rival; entries by name."""
    from laureate.recipe.submissions.teaming import accept_invitation, invite_member
    from support.claims import predictions
    from support.people import look_as

    slug = open_challenge.slug
    made = {"scored": submit(people.solver, slug, predictions(1.0)).pk}
    accept_invitation(look_as(people.mate), invite_member(look_as(people.solver), slug))
    made["refused"] = submit(people.solver, slug, b"customer,claim\n1,x\n1,2\n").pk
    made["rivals"] = submit(people.rival, slug, predictions(2.0)).pk
    work()
    made["waiting"] = submit(people.mate, slug, predictions(1.5)).pk
    made["cancelled"] = submit(people.mate, slug, predictions(1.6)).pk
    from laureate.recipe.submissions.actions import cancel_entry

    cancel_entry(look_as(people.mate), made["cancelled"])
    return made
