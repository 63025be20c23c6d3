"""What strangers and broken things may not do to a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from laureate.recipe.problem.models import Challenge
from laureate.web.refusals import server_fault
from laureate.web.ui.markdown import as_html
from support.people import People

from .browser import Browser, Page, as_page, look_at, look_at_page

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]

EVIL = """# Title
<script>alert(1)</script> <b onclick="alert(1)">bold</b> <img src=x onerror=alert(1)>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html;base64,PHNjcmlwdD4=) [d](vbscript:x)
[e](&#106;avascript:alert(1)) [f]( javascript:alert(1)) <javascript:alert(1)> [g](//evil.example)
[h](https://example.org "quote\\" onmouseover=alert(1)")

![picture](https://evil.example/track.png) ![x](x){onerror=alert(1)}

| a | b |
|:--|--:|
| <style>*{}</style> | 2 |

<iframe src="https://evil.example"></iframe><style>body{display:none}</style>
<a href="javascript:alert(1)">raw</a> &lt;script&gt;
"""


def test_markdown_is_sanitised() -> None:
    page = Page(f'<html lang="en"><title>x</title>{as_html(EVIL)}')
    look_at_page("markdown", page)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "style", "b", "h1"}
    links = [a.get("href") or "" for a in page.all("a")]
    assert "https://example.org" in links
    assert all(link.startswith(("https:", "//")) for link in links if link)
    assert all("nofollow" in (a.get("rel") or "") for a in page.all("a"))
    assert "table" in tags
    assert "<script>alert(1)</script>" in page.text


@pytest.mark.parametrize(
    "text", ["[" * 20_000, ">" * 5_000 + "x", "- " * 5_000, "`" * 30_000, "*a " * 10_000]
)
def test_markdown_is_quick_whatever_it_reads(text: str) -> None:
    import time

    begun = time.monotonic()
    as_html(text)
    assert time.monotonic() - begun < 5


def test_briefs_and_titles_are_shown_as_text(browse: Browse, publish: Callable[..., Challenge]) -> None:
    title = "</title><script>alert(1)</script>"
    publish(brief=EVIL, title=title, sponsor='"><img src=x>', summary="<svg onload=alert(1)>")
    for path in (
        "/",
        "/challenges",
        "/challenges/claims",
        "/challenges/claims/data",
        "/challenges/claims/board",
    ):
        page = browse("stranger").page(path)
        assert not [a for a in page.all("img") if a.get("src") == "x"]
        assert not [a for _, a in page.tags if "onload" in a]
    assert title in browse("stranger").page("/challenges/claims").text


def test_names_of_people_and_teams_are_shown_as_text(browse: Browse, open_challenge: Challenge) -> None:
    solver = browse("solver")
    solver.send("/account", name="<script>x</script>", locale="en", time_zone="UTC")
    solver.send("/challenges/claims/join")
    solver.send("/challenges/claims/team/name", name='"><script>alert(1)</script>')
    for path in ("/challenges/claims/team", "/mine", "/account"):
        assert "<script>" in solver.page(path).text + str(solver.page(path).tags)


def test_forms_need_their_token(people: People) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.solver)
    for path in ("/account", "/inbox/read", "/language", "/accounts/logout/"):
        response = browser.post(path, {"name": "Mallory"})
        look_at(response)
        assert "was not sent from this site" in as_page(response, 403).text
    page = as_page(browser.get("/account"))
    form = {
        "csrfmiddlewaretoken": page.value("csrfmiddlewaretoken"),
        "name": "Sara",
        "locale": "en",
        "time_zone": "UTC",
    }
    assert browser.post("/account", form).status_code == 302
    api = browser.post("/api/v1/inbox/read")
    assert api.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/nothing/here", "/challenges/no-such", "/entries/999999", "/host/no-such", "/challenges/" + "x" * 300],
)
@pytest.mark.parametrize("role", ["stranger", "solver", "operator"])
def test_what_does_not_exist(browse: Browse, people: People, role: str, path: str) -> None:
    if role == "stranger" and path.startswith(("/entries/", "/host/")):
        answer = browse(role).get(path)  # what is never for strangers asks them to sign in first
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=")
        return
    page = browse(role).page(path, 404)
    assert "There is nothing here" in page.text
    french = browse(role)
    french.cookies["django_language"] = "fr"
    assert "There is nothing here" not in french.page(path, 404).text


@pytest.mark.parametrize(
    "path",
    [
        "/challenges?after=x",
        "/challenges?after=-1",
        "/challenges?after=99999999999999999999",
        "/challenges?state=draft",
        "/challenges?field=%00",
        "/challenges?words=%00",
        "/challenges?words=" + "a" * 500,
        "/inbox?before=x",
        "/inbox?before=²",
        "/challenges/claims/board?kind=secret",
        "/challenges/claims/entries?after=١",
        "/challenges/%00",
        "/entries/99999999999999999999",
    ],
)
def test_odd_queries_are_never_our_fault(browse: Browse, open_challenge: Challenge, path: str) -> None:
    assert browse("solver").get(path).status_code in (200, 404)


def test_a_fault_of_ours_leans_on_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> int:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("laureate.web.reader.unread_count", broken)
    browser = Client(raise_request_exception=False)
    browser.force_login(people.solver)
    response = browser.get("/metrics")
    look_at(response)
    page = as_page(response, 500)
    assert "The fault is ours" in page.text
    assert "La faute est de notre côté" in page.text
    assert "database is gone" not in page.text
    assert isinstance(server_fault(RequestFactory().get("/")), HttpResponse)


@pytest.mark.parametrize(
    "path",
    [
        "/static/ui/laureate.css",
        "/static/ui/laureate.js",
        "/api/v1/health",
        "/api/nothing",
        "/api/v1/openapi.json",
    ],
)
def test_headers_stand_on_every_kind_of_answer(people: People, path: str) -> None:
    response = Client().get(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    if path.startswith("/api/"):
        look_at(response)


def test_cookies_are_kept_from_scripts_and_other_sites(people: People) -> None:
    from support.people import PASSWORD

    browser = Browser()
    browser.page("/accounts/login/")
    browser.send("/accounts/login/", login=people.solver.email, password=PASSWORD)
    for name in ("sessionid", "csrftoken"):
        assert browser.cookies[name]["httponly"], name
        assert browser.cookies[name]["samesite"] == "Lax", name


def test_pages_of_people_are_not_kept_by_caches(browse: Browse, open_challenge: Challenge) -> None:
    for path in ("/mine", "/account", "/inbox", "/challenges/claims/team"):
        assert "Cookie" in browse("solver").get(path)["Vary"], path


def test_a_session_begins_anew_at_sign_in(people: People) -> None:
    from support.people import PASSWORD

    browser = Browser()
    browser.cookies["sessionid"] = "chosen-by-somebody-else"
    browser.send("/accounts/login/", login=people.solver.email, password=PASSWORD)
    assert browser.cookies["sessionid"].value != "chosen-by-somebody-else"
    assert re.fullmatch(r"[a-z0-9]{32}", browser.cookies["sessionid"].value)


def test_no_page_is_framed_or_guessed(browse: Browse, people: People) -> None:
    response = browse("stranger").get("/guide")
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert Client().get("/guide", headers={"Host": "evil.example"}).status_code == 400
