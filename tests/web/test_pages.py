"""Every page as owner, team-mate and stranger, in both languages: it renders, and misses no variable."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from laureate.recipe.problem.actions import close_challenge
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import finalise_challenge
from laureate.worker.loop import run_due_tasks
from support.people import People, look_as

from .browser import Browser, as_page

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]

PUBLIC = (
    "/", "/challenges", "/challenges?words=claims&field=insurance&state=open", "/challenges?words=nothing",
    "/challenges/claims", "/challenges/claims/data", "/challenges/claims/board", "/metrics", "/guide",
    "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/",
    "/accounts/password/reset/key/1-x/", "/accounts/password/reset/key/done/", "/accounts/confirm-email/",
    "/accounts/confirm-email/no-such-key/",
)  # fmt: skip
SIGNED_OUT = ("/accounts/login/", "/accounts/signup/", "/accounts/login/?next=/mine")
SIGNED_IN = (
    "/mine", "/inbox", "/account", "/account/tokens", "/host", "/accounts/sessions/", "/accounts/logout/",
    "/accounts/password/change/", "/accounts/reauthenticate/", "/challenges/claims/submit",
    "/challenges/claims/entries", "/challenges/claims/team",
)  # fmt: skip
STEPS = ("", "/problem", "/files", "/measure", "/calendar", "/check", "/entries", "/staff")
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])


def read_all(browser: Browser, paths: tuple[str, ...], language: str) -> None:
    """Read pages in a language and check that they are in it."""
    browser.cookies["django_language"] = language
    for path in paths:
        page = browser.page(path)
        assert page.all("html")[0]["lang"] == language, path
        assert len(page.all("h1")) == 1, f"{path} has no single title"


@LANGUAGES
@pytest.mark.parametrize("role", ["stranger", "solver", "mate", "rival", "other_host", "host", "operator"])
def test_public_pages(browse: Browse, teamed: dict[str, int], role: str, language: str) -> None:
    read_all(browse(role), PUBLIC, language)


@LANGUAGES
def test_pages_of_strangers(browse: Browse, people: People, language: str) -> None:
    read_all(browse("stranger"), SIGNED_OUT, language)


@LANGUAGES
@pytest.mark.parametrize("role", ["solver", "mate", "rival", "other_host", "host", "operator"])
def test_pages_of_people(browse: Browse, teamed: dict[str, int], role: str, language: str) -> None:
    read_all(browse(role), SIGNED_IN, language)


@LANGUAGES
@pytest.mark.parametrize("role", ["host", "operator"])
@pytest.mark.parametrize("state", ["draft", "open", "closed", "final"])
def test_pages_of_hosts(
    browse: Browse, request: pytest.FixtureRequest, people: People, role: str, language: str, state: str
) -> None:
    request.getfixturevalue("draft" if state == "draft" else "teamed")
    moves = {"closed": (close_challenge,), "final": (close_challenge, finalise_challenge)}
    for move in moves.get(state, ()):
        run_due_tasks("tests")
        move(look_as(people.host), "claims")
    paths = tuple(f"/host/claims{step}" for step in STEPS)
    boards = ("/challenges/claims/board?kind=private", "/challenges/claims/board?kind=public")
    read_all(browse(role), (*paths, *boards, "/host/new", "/organisations/acme-insurance"), language)


@LANGUAGES
def test_pages_of_a_blank_draft(browse: Browse, people: People, language: str) -> None:
    host = browse("host")
    host.send(
        "/host/new", organisation=people.organisation, title="A blank draft", slug="blank", language="en"
    )
    steps = tuple(f"/host/blank{step}" for step in STEPS)
    tabs = (
        "/challenges/blank",
        "/challenges/blank/data",
        "/challenges/blank/board",
        "/challenges/blank/entries",
    )
    read_all(host, (*steps, *tabs, "/challenges/blank/submit", "/challenges/blank/team"), language)


@LANGUAGES
def test_pages_of_the_operator(browse: Browse, teamed: dict[str, int], language: str) -> None:
    read_all(browse("operator"), ("/operate", "/organisations/new"), language)


@LANGUAGES
@pytest.mark.parametrize("role", ["solver", "mate", "host"])
@pytest.mark.parametrize("entry", ["scored", "refused", "waiting", "cancelled"])
def test_pages_of_entries(
    browse: Browse, teamed: dict[str, int], role: str, entry: str, language: str
) -> None:
    read_all(browse(role), (f"/entries/{teamed[entry]}",), language)


def test_strangers_are_asked_to_sign_in_before_an_entry_whether_it_exists_or_not(
    browse: Browse, teamed: dict[str, int]
) -> None:
    for number in (teamed["scored"], 999_999):
        answer = browse("stranger").get(f"/entries/{number}")
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/accounts/login/?next=%2Fentries%2F{number}"


@pytest.mark.parametrize("role", ["rival", "other_host"])
def test_pages_of_entries_are_not_for_others(browse: Browse, teamed: dict[str, int], role: str) -> None:
    for entry in ("scored", "refused", "waiting", "cancelled"):
        page = browse(role).page(f"/entries/{teamed[entry]}", 404)
        assert "There is nothing here" in page.text


def test_entry_page_tells_its_state(browse: Browse, teamed: dict[str, int]) -> None:
    mate = browse("mate")
    scored = mate.page(f"/entries/{teamed['scored']}").text
    assert "1.0000" in scored
    assert "rank 1 of 2" in re.sub(r"\s+", " ", scored)
    assert "Choose as a final selection" in scored
    refused = mate.page(f"/entries/{teamed['refused']}").text
    assert "Your quota was not used" in refused
    assert "line 2" in refused
    waiting = mate.page(f"/entries/{teamed['waiting']}").text
    assert "It is being scored" in waiting
    assert "Cancel this entry" in waiting
    assert "You took this entry back" in mate.page(f"/entries/{teamed['cancelled']}").text
    host = browse("host").page(f"/entries/{teamed['scored']}").text
    assert "Private score" in host
    assert "Choose as a final selection" not in host
    assert "Private score" not in scored


def test_selecting_releasing_and_cancelling_by_page(browse: Browse, teamed: dict[str, int]) -> None:
    mate, entry = browse("mate"), teamed["scored"]
    mate.send(f"/entries/{entry}/select")
    assert "No longer select it" in mate.page(f"/entries/{entry}").text
    assert "selected" in mate.page("/challenges/claims/entries").text
    mate.send(f"/entries/{entry}/release")
    assert "Choose as a final selection" in mate.page(f"/entries/{entry}").text
    mate.send(f"/entries/{teamed['waiting']}/cancel")
    assert "its slot is free again" in mate.page(f"/entries/{teamed['waiting']}").text
    assert "can no longer be cancelled" in mate.send(f"/entries/{entry}/cancel", 409).text


def test_language_by_button_and_account(browse: Browse, open_challenge: Challenge) -> None:
    stranger = browse("stranger")
    assert stranger.page("/challenges").all("html")[0]["lang"] == "en"
    assert stranger.page("/challenges", accept_language="fr-CA,fr;q=0.9").all("html")[0]["lang"] == "fr"
    assert stranger.send("/language", language="fr", next="/challenges") == "/challenges"
    assert stranger.page("/challenges").all("html")[0]["lang"] == "fr"
    solver = browse("solver")
    solver.send("/account", name="Sara Solver", locale="fr", time_zone="Europe/Paris")
    assert solver.page("/mine").all("html")[0]["lang"] == "fr"


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_no_redirect_leads_elsewhere(browse: Browse, people: People, evil: str) -> None:
    from support.people import PASSWORD

    stranger = browse("stranger")
    assert not stranger.send("/language", language="fr", next=evil).startswith(("//", "http", "java", "/\\"))
    to = stranger.send("/accounts/login/", login=people.solver.email, password=PASSWORD, next=evil)
    assert to == "/mine"


def test_times_are_on_the_readers_clocks(browse: Browse, publish: Callable[..., Any], people: People) -> None:
    from datetime import UTC, datetime, timedelta

    closes = (datetime.now(UTC) + timedelta(days=40)).replace(hour=22, minute=30, second=0, microsecond=0)
    publish(closes=closes)
    solver = browse("solver")
    for zone, hour in (("Asia/Tokyo", "07:30"), ("UTC", "22:30")):
        solver.send("/account", name="Sara", locale="en", time_zone=zone)
        assert hour in solver.page("/challenges/claims").text.replace("7:30 a.m.", "07:30").replace(
            "10:30 p.m.", "22:30"
        )
    stranger = browse("stranger")
    stranger.cookies["zone"] = "Asia/Tokyo"
    assert "JST" in stranger.page("/challenges/claims").text
    for odd in ("No/Where", "../../etc/passwd", "", "x" * 5000, "localtime"):
        stranger.cookies["zone"] = odd
        assert "JST" not in as_page(stranger.get("/challenges/claims")).text
