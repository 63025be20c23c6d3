"""A host's way by pages alone: draft, problem, files, measure, calendar, check, publish, close, final."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from laureate.engine.problem import pack_bundle
from laureate.recipe.problem.models import Challenge
from support.claims import BRIEF_TEXT, predictions, sample, solution, training
from support.people import People

from .browser import Browser, Page, as_page, file

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]
PROBLEM = {
    "title": "Claims of next year", "language": "en", "summary": "Predict what each customer will claim.",
    "sponsor": "Acme Insurance", "field": "insurance", "brief": BRIEF_TEXT,
}  # fmt: skip


def complaints(response: Any) -> dict[str, str]:
    """Return what a page says beside each field, by the field's name."""
    found: dict[str, str] = {}
    for part in response.content.decode().split('<div class="field')[1:]:
        name = re.search(r' name="([^"]+)"', part)
        errors = re.search(r'<ul class="errors".*?</ul>', part, re.DOTALL)
        if name and errors:
            found[name[1]] = Page(errors[0]).text.strip()
    return found


def calendar(**changes: Any) -> dict[str, Any]:
    """Return the calendar page's form with one phase that runs now, on the clocks of Paris."""
    today = datetime.now(UTC).replace(hour=0, minute=0)
    return {
        "time_zone": "Europe/Paris", "entries_per_day": 4, "entries_per_team": "", "final_selections": 2,
        "team_size": 3, "teams_freeze_at": "", "phases-TOTAL_FORMS": 2, "phases-INITIAL_FORMS": 0,
        "phases-0-key": "main", "phases-0-title": "Main phase",
        "phases-0-opens": f"{today - timedelta(days=2):%Y-%m-%dT%H:%M}",
        "phases-0-closes": f"{today + timedelta(days=30):%Y-%m-%dT%H:%M}",
        "phases-1-key": "", "phases-1-title": "", "phases-1-opens": "", "phases-1-closes": "",
    } | changes  # fmt: skip


@pytest.fixture
def host(browse: Browse) -> Browser:
    """Give the host's browser."""
    return browse("host")


def fill_in(host: Browser, people: People, slug: str = "claims") -> None:
    """Fill in a whole challenge by pages."""
    to = host.send("/host/new", organisation=people.organisation, title="Claims", slug=slug, language="en")
    assert to == f"/host/{slug}/problem"
    assert host.send(to, **PROBLEM) == f"/host/{slug}/files"
    attached = {
        "data": ("train.csv", training()), "sample": ("sample.csv", sample()),
        "solution": ("truth.csv", solution()), "baseline": ("incumbent.csv", predictions(3.0)),
    }  # fmt: skip
    for kind, (name, content) in attached.items():
        host.send(f"/host/{slug}/files", kind=kind, file=file(content, name), title="", description="")
    measure = {"metric": "rmse", "options": "", "id_column": "customer", "targets": "claim"}
    host.send(f"/host/{slug}/measure", **measure)
    assert host.send(f"/host/{slug}/calendar", **calendar()) == f"/host/{slug}/check"


def test_from_draft_to_final(
    host: Browser, browse: Browse, people: People, submit: Any, work: Callable[[], int]
) -> None:
    fill_in(host, people)
    assert "Nothing stands in the way" in host.page("/host/claims/check").text
    browse("stranger").page("/challenges/claims", 404)
    assert host.send("/host/claims/publish") == "/challenges/claims"
    assert "Claims of next year" in browse("stranger").page("/challenges").text
    work()
    assert "incumbent.csv" in browse("stranger").page("/challenges/claims/board").text
    entry = submit(people.solver, "claims", predictions(1.0, private_off=2.0))
    work()
    assert "Sara Solver" in host.page("/host/claims/entries").text
    assert host.send("/host/claims/close") == "/host/claims"
    assert "Private leaderboard" in browse("stranger").page("/challenges/claims/board").text
    assert "2.0000" in browse("solver").page(f"/entries/{entry.pk}").text
    host.send("/host/claims/finalise")
    assert Challenge.objects.get().state == "final"
    host.send("/host/claims/finalise", 409)
    host.send("/host/claims/withdraw", 409)


def exported(host: Browser, slug: str) -> bytes:
    """Return the zip of a challenge as its page sends it."""
    response = host.get(f"/host/{slug}/export")
    assert response["Content-Disposition"] == f'attachment; filename="{slug}.zip"'
    content: bytes = response.getvalue()
    assert "challenge.toml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    return content


def test_pages_and_import_make_equal_challenges(host: Browser, people: People) -> None:
    fill_in(host, people)
    by_pages = exported(host, "claims")
    Challenge.objects.update(slug="first")
    to = host.send("/host/import", organisation=people.organisation, bundle=file(by_pages, "claims.zip"))
    assert to == "/host/claims"
    assert exported(host, "claims") == by_pages
    assert host.send("/host/claims/publish") == "/challenges/claims"
    assert exported(host, "claims") == by_pages


def test_import_lists_every_mistake_at_once(
    host: Browser, people: People, claims: Callable[..., Path], tmp_path: Path
) -> None:
    folder = claims()
    manifest = folder / "challenge.toml"
    text = manifest.read_text().replace('"rmse"', '"rmsee"').replace('"customer"', '"client"')
    manifest.write_text(text)
    pack_bundle(folder, tmp_path / "wrong.zip")
    bundle = file((tmp_path / "wrong.zip").read_bytes(), "wrong.zip")
    page = host.send("/host/import", 422, organisation=people.organisation, bundle=bundle)
    assert "rmsee" in page.text
    assert "challenge.toml" in page.text
    assert not Challenge.objects.exists()
    damaged = host.send(
        "/host/import", 422, organisation=people.organisation, bundle=file(b"PK\x03\x04x", "x.zip")
    )
    assert "zip" in damaged.text


def test_a_slug_is_taken_once(host: Browser, people: People, draft: Challenge) -> None:
    form = {"organisation": people.organisation, "title": "Another claims prize", "language": "fr"}
    response = host.post("/host/new", {**form, "slug": "claims"})
    assert response.status_code == 422
    assert "already a challenge" in complaints(response)["slug"]
    page = as_page(response, 422)
    assert page.value("title") == "Another claims prize"
    assert page.value("slug") == "claims"


def test_draft_form_shows_all_mistakes(host: Browser, people: People) -> None:
    response = host.post(
        "/host/new", {"organisation": 999, "title": "abc", "slug": "not a slug", "language": "xx"}
    )
    assert response.status_code == 422
    assert set(complaints(response)) == {"organisation", "title", "slug", "language"}
    assert as_page(response, 422).value("slug") == "not a slug"


def test_calendar_shows_all_mistakes_and_keeps_values(host: Browser, draft: Challenge) -> None:
    wrong = calendar(entries_per_day=0, team_size="many", **{"phases-0-key": "no key", "phases-0-title": ""})
    response = host.post("/host/claims/calendar", wrong)
    assert response.status_code == 422
    found = complaints(response)
    assert {"entries_per_day", "team_size", "phases-0-key", "phases-0-title"} <= set(found)
    page = as_page(response, 422)
    assert page.value("team_size") == "many"
    assert page.value("phases-0-key") == "no key"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phases-0-opens": "tomorrow"}, "phases-0-opens"),
        ({"phases-0-closes": "2020-01-01T00:00"}, "phases-0-closes"),
        ({"teams_freeze_at": "soon"}, "teams_freeze_at"),
        ({"phases-0-opens": "0001-01-01T00:00"}, "phases-0-opens"),
        ({"phases-0-closes": "9999-12-31T23:59"}, "phases-0-closes"),
        ({"time_zone": "Nowhere/At-all"}, "time_zone"),
    ],
)
def test_odd_dates_are_told_beside_their_field(
    host: Browser, draft: Challenge, changes: dict[str, str], field: str
) -> None:
    response = host.post("/host/claims/calendar", calendar(**changes))
    assert response.status_code in (302, 422), response.status_code
    if response.status_code == 422:
        assert complaints(response), "a refusal without a reason"
    else:
        assert field in ("phases-0-opens", "phases-0-closes")
        assert host.get("/host/claims/check").status_code == 200


def test_two_phases_of_one_key(host: Browser, draft: Challenge) -> None:
    today = datetime.now(UTC)
    second = {
        "phases-1-key": "main", "phases-1-title": "Again", "phases-1-opens": f"{today:%Y-%m-%dT%H:%M}",
        "phases-1-closes": f"{today + timedelta(days=9):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    response = host.post("/host/claims/calendar", calendar(**second))
    assert response.status_code in (409, 422)


def test_local_times_are_kept_on_the_hosts_clocks(host: Browser, draft: Challenge) -> None:
    opens = {"phases-0-opens": "2027-07-01T09:30", "phases-0-closes": "2027-12-01T09:30"}
    host.send("/host/claims/calendar", **calendar(**opens))
    phase = Challenge.objects.get().phases.get()
    assert phase.opens_at == datetime(2027, 7, 1, 7, 30, tzinfo=UTC)
    assert phase.closes_at == datetime(2027, 12, 1, 8, 30, tzinfo=UTC)
    page = host.page("/host/claims/calendar")
    assert page.value("phases-0-opens") == "2027-07-01T09:30"


def test_measure_form_tells_mistakes(host: Browser, draft: Challenge) -> None:
    response = host.post(
        "/host/claims/measure", {"metric": "nonsense", "options": "k", "id_column": "", "targets": ""}
    )
    assert response.status_code == 422
    assert set(complaints(response)) == {"metric", "options", "id_column", "targets"}


@pytest.mark.parametrize(
    "name", ["challenge.toml", "brief.md", "a" * 300 + ".csv", "données à l'œil.csv", 'a"b.csv']
)
def test_odd_names_of_files_never_break(host: Browser, draft: Challenge, name: str) -> None:
    form = {"kind": "data", "file": file(training(), name), "title": "", "description": ""}
    response = host.post("/host/claims/files", form)
    assert response.status_code in (302, 422), response.status_code
    host.page("/host/claims/files")
    host.page("/host/claims/check")


def test_a_published_challenge_stays_as_it_is(host: Browser, open_challenge: Challenge) -> None:
    page = host.send("/host/claims/problem", 409, **PROBLEM)
    assert "only as a draft" in page.text
    host.send("/host/claims/calendar", 409, **calendar())
    host.send("/host/claims/publish", 409)


def test_checking_tells_what_is_missing(host: Browser, people: People) -> None:
    host.send(
        "/host/new", organisation=people.organisation, title="A blank draft", slug="blank", language="en"
    )
    page = host.page("/host/blank/check")
    assert "stand in the way of publishing" in page.text
    assert len([a for a in page.all("p") if a.get("class") == "said"]) > 5
    host.send("/host/blank/publish", 422)
    assert Challenge.objects.get().state == "draft"


def test_detaching_a_file(host: Browser, draft: Challenge) -> None:
    found = draft.files.get(kind="solution")
    host.send(f"/host/claims/files/{found.pk}/detach")
    assert not draft.files.filter(kind="solution").exists()
    host.send(f"/host/claims/files/{found.pk}/detach", 404)
