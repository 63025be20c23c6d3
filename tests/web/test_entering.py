"""Joining and handing in by page: what is refused says why, and what is received is proved."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.models import Entry
from support.claims import predictions
from support.people import People

from .browser import Browser, as_page, file
from .test_host_flow import complaints

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]
SUBMIT = "/challenges/claims/submit"


@pytest.fixture
def solver(browse: Browse, open_challenge: Challenge) -> Browser:
    """Give the browser of a solver who has joined."""
    browser = browse("solver")
    assert browser.send("/challenges/claims/join") == "/challenges/claims/data"
    return browser


def test_from_joining_to_a_score(solver: Browser, work: Callable[[], int]) -> None:
    assert "5 of 5 left today" in solver.page(SUBMIT).text
    to = solver.send(SUBMIT, file=file(predictions(1.0)), note="first <b>try</b>")
    assert "It is being scored" in solver.page(to).text
    assert "first <b>try</b>" in solver.page("/challenges/claims/entries").text
    work()
    assert "1.0000" in solver.page(to).text
    assert "Sara Solver" in solver.page("/challenges/claims/board").text
    assert "is scored" in solver.page("/inbox").text
    solver.send("/inbox/read")
    assert "4 of 5 left today" in solver.page(SUBMIT).text


def test_joining_twice_and_not_at_all(solver: Browser, browse: Browse) -> None:
    assert "already take part" in solver.send("/challenges/claims/join", 409).text
    rival = browse("rival")
    assert "You have not joined" in rival.page(SUBMIT).text
    page = rival.send(SUBMIT, 403, file=file(predictions(1.0)))
    assert "You have not joined" in page.text
    assert "cannot take part" in browse("host").send("/challenges/claims/join", 403).text
    assert browse("stranger").post("/challenges/claims/join").status_code == 401


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_quota_says_when_more_comes(
    browse: Browse, publish: Callable[..., Challenge], people: People, language: str
) -> None:
    publish(per_day=1)
    solver = browse("solver")
    solver.cookies["django_language"] = language
    solver.send("/challenges/claims/join")
    solver.send(SUBMIT, file=file(predictions(1.0)))
    page = solver.send(SUBMIT, 429, file=file(predictions(2.0)), note="kept")
    said = {
        "en": r"0 of 1 left today, next in \d+ h \d+ min",
        "fr": r"0 sur 1 .*aujourd’hui.* \d+ h \d+ min",
    }
    text = page.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert re.search(said[language], text), text
    assert page.value("note") == "kept"
    assert Entry.objects.filter(team__baseline=False).count() == 1


def test_too_large(solver: Browser, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1000
    page = solver.send(SUBMIT, 422, file=file(b"x" * 2000))
    assert "larger than" in page.text
    assert not Entry.objects.filter(team__baseline=False).exists()
    assert "5 of 5 left today" in page.text


def test_no_file_at_all(solver: Browser) -> None:
    response = solver.post(SUBMIT, {"note": "forgot it"})
    assert response.status_code == 422
    assert complaints(response)["file"]
    assert as_page(response, 422).value("note") == "forgot it"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"PK\x03\x04 no zip",
        b"PAR1 no parquet",
        b"\x1f\x8b no gzip",
        b"a;b\n1;2\n",
    ],
    ids=["empty", "picture", "zip", "parquet", "gzip", "wrong columns"],
)
def test_wrong_formats_are_explained_and_cost_nothing(
    solver: Browser, work: Callable[[], int], content: bytes
) -> None:
    response = solver.post(SUBMIT, {"file": file(content)})
    if response.status_code == 302:
        work()
        page = solver.page(response["Location"])
        assert "breaks a rule of its format" in page.text
        assert [a for a in page.all("p") if a.get("class") == "said"]
    else:
        assert response.status_code == 422
    assert "5 of 5 left today" in solver.page(SUBMIT).text


def test_closed_challenges_receive_nothing(solver: Browser, browse: Browse) -> None:
    browse("host").send("/host/claims/close")
    page = solver.send(SUBMIT, 409, file=file(predictions(1.0)))
    assert "does not receive entries now" in page.text


def test_the_receipt_proves_the_entry(solver: Browser, work: Callable[[], int]) -> None:
    content = predictions(1.0)
    to = solver.send(SUBMIT, file=file(content, "modèle “final”.csv"))
    response = solver.get(f"{to}/receipt")
    assert response["Content-Disposition"].startswith("attachment; ")
    receipt = json.loads(response.content)
    assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
    assert receipt["size"] == len(content)
    assert receipt["team"] == "Sara Solver"
    assert receipt["received_at"].endswith("Z")
    assert receipt["sha256"] in solver.page(to).text
    got = solver.get(f"{to}/file")
    assert got.getvalue() == content
    assert "filename*=utf-8''mod%C3%A8le" in got["Content-Disposition"]


@pytest.mark.parametrize(
    "name",
    [
        'a"b.csv',
        "a\\b.csv",
        "línea\nNew: header.csv",
        "é" * 250 + ".csv",
        "<img src=x>.csv",
        "..",
        "a;b=c.csv",
        "\u202egpj.csv",
    ],
)
def test_odd_file_names_are_harmless(
    solver: Browser, people: People, work: Callable[[], int], submit: Any, name: str
) -> None:
    from laureate.base.people.viewer import RefusedError

    try:
        entry = submit(people.solver, "claims", predictions(1.0), name)
    except RefusedError as error:
        assert error.faults[0].column == "file_name"
        return
    work()
    solver.page(f"/entries/{entry.pk}")
    solver.page("/challenges/claims/entries")
    response = solver.get(f"/entries/{entry.pk}/file")
    assert response["Content-Type"] == "application/octet-stream"
    assert "\n" not in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["data/train.html", "data/picture.svg"])
def test_data_is_never_active_content(browse: Browse, publish: Callable[..., Challenge], path: str) -> None:
    from laureate.engine.problem import DataFile

    evil = b"<script>alert(1)</script>"
    made = publish(data=(DataFile(path, "Evil", ""),), files={path: evil})
    found = made.files.get(path=path)
    response = browse("stranger").get(f"/challenges/claims/files/{found.pk}")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue() == evil
