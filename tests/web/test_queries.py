"""Every page asks the database a fixed number of questions, however much it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laureate.base.people.actions import appoint_member, issue_token, open_account
from laureate.recipe.problem.actions import import_challenge, publish_challenge
from laureate.recipe.problem.staffing import appoint_staff
from laureate.recipe.submissions.actions import join_challenge, select_entry
from laureate.recipe.submissions.teaming import accept_invitation, invite_member, propose_merge
from support.claims import predictions
from support.people import PASSWORD, People, look_as

from .browser import Browser

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]

MOST = 12
"""Questions that a page may ask, those about the session and the reader among them."""
# Who sees private scores needs the final selections too; an entry stands between its team and the board.
MORE = {"/challenges/claims/board?kind=private": 13}
MOST_FOR_AN_ENTRY = 16
ASIDE = ("SAVEPOINT", "RELEASE", "SELECT CLOCK_TIMESTAMP()")
"""What touches no table."""
PAGES = {
    "stranger": (
        "/", "/challenges", "/challenges/claims", "/challenges/claims/data", "/challenges/claims/board", "/metrics",
    ),
    "solver": (
        "/", "/challenges", "/mine", "/inbox", "/account/tokens", "/challenges/claims", "/challenges/claims/data",
        "/challenges/claims/board", "/challenges/claims/entries", "/challenges/claims/team",
        "/challenges/claims/submit", "/accounts/sessions/",
    ),
    "host": (
        "/host", "/host/new", "/host/claims", "/host/claims/entries", "/host/claims/files", "/host/claims/staff",
        "/host/claims/calendar", "/host/claims/check", "/challenges/claims/board?kind=private",
        "/organisations/acme-insurance",
    ),
    "operator": ("/operate",),
}  # fmt: skip


@pytest.fixture
def grow(
    people: People, claims: Callable[..., Path], submit: Any, work: Callable[[], int]
) -> Callable[[int], None]:
    """Give ``grow(n)``: one more of everything that lists show, the ``n``-th."""
    host = look_as(people.host)

    def more(n: int) -> None:
        slug = "claims" if n == 0 else f"claims-{n}"
        import_challenge(host, people.organisation, claims(slug=slug, team_size=50, per_day=50, selections=5))
        publish_challenge(host, slug)
        join_challenge(look_as(people.solver), slug)
        mate, rival, staff, colleague = (
            open_account(f"{role}-{n}@example.org", f"{role} {n}", PASSWORD)
            for role in ("mate", "rival", "staff", "colleague")
        )
        accept_invitation(look_as(mate), invite_member(look_as(people.solver), "claims"))
        join_challenge(look_as(rival), "claims")
        propose_merge(look_as(rival), "claims", "Sara Solver")
        entry = submit(people.solver, "claims", predictions(1.0 + n))
        submit(rival, "claims", predictions(5.0 + n))
        work()
        select_entry(look_as(people.solver), entry.pk)
        issue_token(look_as(people.solver), f"token {n}", ["read"])
        appoint_staff(host, "claims", staff.email, "reader")
        appoint_member(host, people.organisation, colleague.email, "reader")

    return more


def counted(browser: Browser, path: str) -> tuple[int, list[str]]:
    """Return how many questions a page asks, and which."""
    browser.get(path)  # what a process asks once is no part of it
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(path).status_code == 200, path
    queries = [query["sql"] for query in asked.captured_queries]
    kept = [sql for sql in queries if not sql.startswith(ASIDE)]
    return len(kept), kept


def test_lists_ask_no_more_when_they_grow(
    browse: Browse, people: People, grow: Callable[[int], None]
) -> None:
    grow(0)
    browsers = {role: browse(role) for role in PAGES}
    once = {(role, path): counted(browsers[role], path) for role, paths in PAGES.items() for path in paths}
    grow(1)
    grow(2)
    wrong = []
    for (role, path), (before, _) in once.items():
        after, asked = counted(browsers[role], path)
        if after != before:
            wrong.append(f"{role} {path}: {before} questions with one, {after} with three")
        if after > MORE.get(path, MOST):
            wrong.append(
                f"{role} {path}: {after} questions, {MOST} at most:\n    "
                + "\n    ".join(sql[:160] for sql in asked)
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["solver", "host"])
def test_the_page_of_an_entry(browse: Browse, people: People, grow: Callable[[int], None], role: str) -> None:
    from laureate.recipe.submissions.models import Entry

    grow(0)
    path = f"/entries/{Entry.objects.filter(team__baseline=False).order_by('id').first().pk}"
    before, _ = counted(browse(role), path)
    grow(1)
    after, asked = counted(browse(role), path)
    assert after == before
    assert after <= MOST_FOR_AN_ENTRY, "\n".join(asked)
