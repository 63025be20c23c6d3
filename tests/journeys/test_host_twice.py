"""A host publishes one challenge by terminal on one platform, and by pages on another: nothing differs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from laureate.engine.problem import Problem, read_problem
from support.people import PASSWORD, People
from support.running import HOST, Server, eventually
from tests.web.browser import Browser, as_page

from .terminals import Terminal

pytestmark = pytest.mark.django_db
SLUG = "claims"
LOCAL = "%Y-%m-%dT%H:%M"


class Host:
    """A person who fills in the pages' own forms, as a browser sends them."""

    def __init__(self, email: str) -> None:
        for place in (settings.FILE_UPLOAD_TEMP_DIR, settings.STATIC_ROOT):
            Path(place).mkdir(parents=True, exist_ok=True)
        self.browser = Browser(enforce_csrf_checks=True)
        assert self.fill_in("/accounts/login/", login=email, password=PASSWORD)

    def fill_in(self, path: str, to: str = "", **fields: Any) -> str:
        """Read a page and send one of its forms; return where it leads."""
        page = self.browser.page(path)
        token = page.value("csrfmiddlewaretoken")
        sent = {name: as_typed(value) for name, value in fields.items()}
        response = self.browser.post(to or path, {"csrfmiddlewaretoken": token, **sent})
        if response.status_code != 302:
            as_page(response, 302)
        return str(response["Location"])


def as_typed(value: Any) -> Any:
    """Return a value as a browser sends it: lines of a text end with CR LF."""
    return value.replace("\n", "\r\n") if isinstance(value, str) else value


def local(instant: datetime | None, zone: str) -> str:
    """Return an instant as a field of dates writes it, on the clocks of the challenge."""
    return instant.astimezone(ZoneInfo(zone)).strftime(LOCAL) if instant else ""


def attach(host: Host, folder: Path, kind: str, path: str, title: str = "", description: str = "") -> None:
    """Attach a file of the kit on the page of files."""
    content = SimpleUploadedFile(Path(path).name, (folder / path).read_bytes())
    page = f"/host/{SLUG}/files"
    assert host.fill_in(page, kind=kind, file=content, title=title, description=description) == page


def create_by_pages(host: Host, problem: Problem, folder: Path, organisation: int) -> None:
    """Fill in every page of the host's workspace, then check and publish."""
    start = {"organisation": organisation, "slug": SLUG, "title": "To be named", "language": "en"}
    assert host.fill_in("/host/new", **start) == f"/host/{SLUG}/problem"
    texts = ("title", "summary", "sponsor", "field", "language", "brief")
    host.fill_in(f"/host/{SLUG}/problem", **{name: getattr(problem, name) for name in texts})
    for data in problem.data:
        attach(host, folder, "data", data.file, data.title, data.description)
    attach(host, folder, "sample", problem.sample)
    attach(host, folder, "solution", problem.solution)
    for baseline in problem.baselines:
        attach(host, folder, "baseline", baseline.file, baseline.name, baseline.description)
    measure = {"metric": problem.metric, "id_column": problem.id_column, "targets": ",".join(problem.targets)}
    host.fill_in(f"/host/{SLUG}/files", f"/host/{SLUG}/measure", **measure, options="")
    assert host.fill_in(f"/host/{SLUG}/calendar", **calendar_of(problem)) == f"/host/{SLUG}/check"
    assert "Nothing stands in the way" in host.browser.page(f"/host/{SLUG}/check").text


def calendar_of(problem: Problem) -> dict[str, Any]:
    """Return the form of the page of calendar and limits."""
    (phase,), limits = problem.phases, problem.limits
    return {
        "time_zone": problem.time_zone,
        "entries_per_day": limits.entries_per_day,
        "entries_per_team": limits.entries_per_team or "",
        "final_selections": limits.final_selections,
        "team_size": limits.team_size,
        "teams_freeze_at": local(limits.teams_freeze, problem.time_zone),
        "phases-TOTAL_FORMS": 1,
        "phases-INITIAL_FORMS": 0,
        "phases-0-key": phase.key,
        "phases-0-title": phase.title,
        "phases-0-opens": local(phase.opens, problem.time_zone),
        "phases-0-closes": local(phase.closes, problem.time_zone),
    }


def exported_by_page(host: Host) -> bytes:
    """Return the zip that the workspace offers."""
    response = host.browser.get(f"/host/{SLUG}/export")
    assert response.status_code == 200
    return bytes(response.getvalue())


def contents(packed: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name: they say more than two zips that differ."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_by_terminal_and_by_pages_it_is_the_same_challenge(
    platform: Server,
    terminal: Callable[[str], Terminal],
    people: People,
    kit: Callable[..., Path],
    work: Callable[[], int],
    tmp_path: Path,
) -> None:
    folder = kit(SLUG)
    hanna = terminal("hanna")
    hanna.run("login", "--url", platform.url, "--email", HOST)
    assert hanna.answer("publish", folder)["state"] == "open"
    hanna.run("export", SLUG, "--to", tmp_path / "by-terminal.zip")
    by_terminal = (tmp_path / "by-terminal.zip").read_bytes()

    host = Host(people.host.email)
    create_by_pages(host, read_problem(folder), folder, people.organisation)
    as_draft = exported_by_page(host)
    assert contents(as_draft) == contents(by_terminal)
    assert as_draft == by_terminal
    assert host.fill_in(f"/host/{SLUG}/check", f"/host/{SLUG}/publish") == f"/challenges/{SLUG}"
    assert exported_by_page(host) == by_terminal, "publishing changes nothing"

    work()
    home = hanna.scored(folder / "hidden" / "incumbent.csv")["public"]
    by_worker = eventually(lambda: hanna.answer("board", SLUG)["rows"], "the baseline is scored")
    here = host.browser.get(f"/api/v1/challenges/{SLUG}/board").json()["rows"]
    for (baseline,) in (by_worker, here):
        assert baseline["baseline"] is True
        assert (baseline["score"], baseline["interval"]) == (home["score"], home["interval"])

    hanna.run("export", SLUG, "--to", "claims")
    assert read_problem(hanna.here / "claims") == read_problem(folder), "nothing was lost on the way"
