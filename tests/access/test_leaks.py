"""While a challenge is open nobody but its hosts learns a private score, the solution or a baseline's bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from laureate.base.post.models import Message
from laureate.base.post.queries import in_words
from laureate.recipe.problem.actions import close_challenge
from laureate.recipe.problem.models import ChallengeFile
from laureate.recipe.scoring.models import Score
from laureate.recipe.submissions.actions import join_challenge, submit_entry
from laureate.recipe.submissions.models import Entry
from laureate.worker.loop import run_due_tasks
from support.claims import predictions, solution, truth
from support.people import People, look_as

from .asking import Address, api_addresses, path_of, web_addresses
from .world import ROLES, World, build_world, sign_in

pytestmark = pytest.mark.django_db

OUTSIDERS = ("stranger", "solver", "mate", "rival", "other_host")
BASELINE = predictions(3.0, private_off=5.472913)
# On the public rows the solver leads; on the private rows the rival does.
SOLVERS = predictions(1.25, private_off=7.318274)
RIVALS = predictions(1.75, private_off=0.618427)
CASES = {
    "challenge_file": ("data", "sample", "solution", "baseline"),
    "leaderboard": ("", "?kind=public", "?kind=private"),
    "entry_page": ("scored", "baseline", "solvers", "rivals"),
    "entry_file": ("scored", "baseline", "solvers", "rivals"),
    "receipt": ("scored", "baseline", "solvers", "rivals"),
    "entries": ("", "?limit=1", "?after=9999999"),
    "inbox": ("",),
}


@pytest.fixture
def world(people: People, claims: Callable[..., Path], settings: Any) -> World:
    """Give an open challenge whose two boards differ, with mail on."""
    settings.MAIL_ON = True
    files = {"baselines/incumbent.csv": BASELINE, "hidden/truth.csv": solution()}
    made = build_world(people, claims(solution="hidden/truth.csv", files=files), "open")
    solver, rival = look_as(people.solver), look_as(people.rival)
    made.entries["solvers"] = submit_entry(solver, made.slug, [SOLVERS], "solver.csv").pk
    made.entries["rivals"] = submit_entry(rival, made.slug, [RIVALS], "rival.csv").pk
    run_due_tasks("leaks")
    made.entries["baseline"] = Entry.objects.get(team__baseline=True).pk
    return made


def private_figures() -> list[float]:
    """Return every private figure of the challenge that differs from all public ones."""
    names = ("", "_low", "_high")
    scores = list(Score.objects.order_by("id"))
    public = {round(getattr(s, f"public{n}") or 0, 3) for s in scores for n in names}
    private = [getattr(s, f"private{n}") for s in scores for n in names]
    return [value for value in private if value is not None and round(value, 3) not in public]


def spelled(value: float) -> re.Pattern[str]:
    """Return what finds a figure, at three decimals and more, in English and French notation."""
    forms = {f"{value:.{digits}f}" for digits in (3, 4, 5, 6, 8)} | {f"{value:.10f}"[:-7]}
    either = "|".join(re.escape(form).replace(r"\.", "[.,]") for form in sorted(forms))
    return re.compile(rf"(?<![\d.,])(?:{either})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody got."""

    who: str
    where: str
    content: bytes

    @property
    def text(self) -> str:
        """Return the answer as text."""
        return self.content.decode("utf-8", "replace")


def every_answer(world: World, roles: tuple[str, ...]) -> Iterator[Answer]:
    """Ask all that can be read, in both languages, with headers and messages."""
    places = [
        (address, case)
        for address in (*web_addresses(), *api_addresses())
        for case in CASES.get(address.url_name.removeprefix("api:"), ("",))
    ]
    for role in roles:
        client = sign_in(world.user(role))
        for address, case in places:
            for language in ("en", "fr"):
                yield _answer(world, client, role, address, case, language)
        yield from _messages(world, role)


def _answer(world: World, client: Client, role: str, address: Address, case: str, language: str) -> Answer:
    cache.clear()
    path = path_of(world, address, case)
    headers = {"Accept-Language": language}
    if address.url_name.startswith("api:") and role in world.secrets:
        headers["Authorization"] = f"Bearer {world.secrets[role]}"
    client.cookies["django_language"] = language
    response = client.get(path, headers=headers)
    assert response.status_code < 500, path
    body = response.getvalue() if response.streaming else response.content
    return Answer(role, f"{path} ({language})", repr(response.headers).encode() + body)


def _messages(world: World, role: str) -> Iterator[Answer]:
    user = world.user(role)
    for message in Message.objects.filter(recipient=user).order_by("id") if user else ():
        words = in_words(message)
        yield Answer(role, "inbox", f"{words.subject} {words.body} {words.path} {message.params}".encode())
    for letter in mail.outbox:
        if user and user.email in letter.to:
            yield Answer(role, "e-mail", letter.message().as_bytes())


def secret_bytes() -> dict[str, bytes]:
    """Return what no outsider may read of the files for hosts: their digests, beginnings and lines."""
    found: dict[str, bytes] = {}
    hidden = ChallengeFile.objects.filter(kind__in=["solution", "baseline"]).order_by("id")
    for file in hidden:
        found[f"digest of {file.path}"] = file.blob_id[:12].encode()
        found[f"name of {file.path}"] = file.path.encode()
    found["line of the solution"] = f"2,{truth(2)!r},Private".encode()
    found["header of the solution"] = b"customer,claim,Usage"
    found["line of the baseline"] = BASELINE.splitlines()[2]
    return found


def test_nothing_secret_is_in_any_answer_while_open(world: World) -> None:
    assert hashlib.sha256(solution()).hexdigest() == ChallengeFile.objects.get(kind="solution").blob_id
    figures = [spelled(value) for value in private_figures()]
    assert len(figures) >= 9, "the boards do not differ: this test would prove nothing"
    assert {letter.to[0] for letter in mail.outbox} >= {"solver@example.org", "rival@example.org"}
    secrets, found, seen = secret_bytes(), [], 0
    for answer in every_answer(world, OUTSIDERS):
        seen += 1
        found += [
            f"{answer.who} {answer.where}: {figure.pattern}"
            for figure in figures
            if figure.search(answer.text)
        ]
        found += [
            f"{answer.who} {answer.where}: {name}" for name, part in secrets.items() if part in answer.content
        ]
    assert seen > 500
    assert not found, "\n".join(found)


def test_the_search_finds_what_hosts_may_see(world: World) -> None:
    figures = [spelled(value) for value in private_figures()]
    secrets = secret_bytes()
    answers = list(every_answer(world, ("host",)))
    for figure in figures[:1] + figures[-1:]:
        assert any(figure.search(answer.text) for answer in answers), figure.pattern
    for name, part in secrets.items():
        assert any(part in answer.content for answer in answers), name


def test_readers_of_a_challenge_see_no_private_figure(world: World) -> None:
    figures = [spelled(value) for value in private_figures()]
    found = [
        f"{answer.where}: {figure.pattern}"
        for answer in every_answer(world, ("reader",))
        for figure in figures
        if figure.search(answer.text)
    ]
    assert not found, "\n".join(found)


def order_of(page: str) -> list[str]:
    """Return the teams of a board in the order of its rows."""
    names = ("Sara Solver", "Rita Rival", "Incumbent")
    board = page[page.index("<tbody>") :]
    return sorted(names, key=board.index)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_the_order_of_the_public_board_does_not_follow_the_private_one(world: World, role: str) -> None:
    client = sign_in(world.user(role))
    page = client.get(f"/challenges/{world.slug}/board").content.decode()
    assert order_of(page) == ["Sara Solver", "Rita Rival", "Incumbent"]
    rows = client.get(f"/api/v1/challenges/{world.slug}/board").json()["rows"]
    assert [row["team"] for row in rows] == ["Sara Solver", "Rita Rival", "Incumbent"]
    assert client.get(f"/challenges/{world.slug}/board?kind=private").status_code == 403
    assert client.get(f"/api/v1/challenges/{world.slug}/board?kind=private").status_code == 403


def test_after_the_close_the_private_side_appears(world: World) -> None:
    close_challenge(look_as(world.people.host), world.slug)
    for role in ("stranger", "rival"):
        page = sign_in(world.user(role)).get(f"/challenges/{world.slug}/board").content.decode()
        assert order_of(page)[0] == "Rita Rival"
        assert spelled(0.618427).search(page)
    own = sign_in(world.people.solver).get(f"/entries/{world.entries['solvers']}").content.decode()
    assert spelled(7.318274).search(own)
    secret = world.secrets["solver"]
    answer = (
        Client()
        .get(f"/api/v1/entries/{world.entries['solvers']}", headers={"Authorization": f"Bearer {secret}"})
        .json()
    )
    assert answer["score"]["private"]["score"] == pytest.approx(7.318274)
    still = sign_in(world.people.rival).get(f"/entries/{world.entries['solvers']}")
    assert still.status_code == 404


def test_who_joins_late_sees_no_more(world: World) -> None:
    late = world.people.other_host
    join_challenge(look_as(late), world.slug)
    client = sign_in(late)
    assert client.get(f"/challenges/{world.slug}/board?kind=private").status_code == 403
    assert b"Private" not in client.get(f"/challenges/{world.slug}/entries").content


assert set(OUTSIDERS) < set(ROLES)
