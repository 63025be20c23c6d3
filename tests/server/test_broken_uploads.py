"""Broken files by the hundred through the server: each is refused with its reasons, and none costs anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from laureate.base.journal.choices import TaskState
from laureate.base.journal.models import Task
from laureate.base.people.actions import issue_token
from laureate.recipe.problem.models import Challenge
from laureate.recipe.scoring.models import Score
from laureate.recipe.submissions.actions import join_challenge
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import Entry, Slot
from support.claims import table
from support.people import People, look_as
from tests.engine.tables.broken import FREE_OF_RULE, IDS, METRIC, SOLUTION_CSV, VALID_CSV, broken_uploads

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PER_DAY = 1000
BATCH = 40
SAMPLED = 20
QUOTA_KEPT = {"en": "Your quota was not used", "fr": "Votre quota n’est pas entamé"}


@dataclass(frozen=True)
class Program:
    """A solver's program: the test client with a token."""

    token: str
    client: Client

    def get(self, path: str) -> Any:
        """Return the JSON at a path of the API."""
        response = self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        assert response.status_code == 200, response.content
        return response.json()

    def submit(self, slug: str, content: bytes, note: str = "") -> Any:
        """Return the answer to an entry."""
        form = {"file": SimpleUploadedFile("entry.csv", content), "note": note}
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.post(f"/api/v1/challenges/{slug}/entries", form, headers=headers)


@pytest.fixture
def prize(publish: Callable[..., Challenge], people: People, work: Callable[[], int]) -> Challenge:
    """Give an open challenge for which every one of the broken uploads is wrong; the solver takes part."""
    challenge = publish(
        metric=METRIC,
        id_column="id",
        targets=("target",),
        baselines=(),
        per_day=PER_DAY,
        files={
            "solution.csv": SOLUTION_CSV.encode(),
            "sample.csv": table(["id", "target"], [[name, 0] for name in IDS]),
        },
    )
    join_challenge(look_as(people.solver), challenge.slug)
    work()
    return challenge


@pytest.fixture
def program(people: People) -> Program:
    """Give the solver's program."""
    # Unlike a browser of the tests, it answers what goes wrong with 500 instead of raising it here.
    client = Client(raise_request_exception=False)
    return Program(issue_token(look_as(people.solver), "test", ["read", "submit"]), client)


def refused_at_once(name: str, response: Any) -> bool:
    """Tell whether an upload was refused before it became an entry; it may only be so with its reasons."""
    if response.status_code == 201:
        return False
    assert 400 <= response.status_code < 500, f"{name}: {response.status_code} {response.content[:300]!r}"
    assert response["Content-Type"] == "application/problem+json", name
    complain_of(name, response.json()["errors"])
    return True


def complain_of(name: str, faults: list[dict[str, Any]]) -> None:
    """Check that faults say what is wrong and how to mend it."""
    assert faults, f"{name}: refused for no reason"
    for fault in faults:
        for part in ("rule", "message", "fix"):
            assert fault[part].strip(), f"{name}: {part} is empty"
            assert "%(" not in fault[part], f"{name}: {fault[part]}"


def test_every_broken_upload_is_refused_with_its_reasons_and_costs_nothing(
    prize: Challenge, program: Program, people: People, work: Callable[[], int]
) -> None:
    received: dict[int, str] = {}
    at_once = 0
    for batch in batches(list(broken_uploads())):
        before = len(received)
        for name, content in batch:
            response = program.submit(prize.slug, content, name)
            if refused_at_once(name, response):
                at_once += 1
            else:
                received[response.json()["id"]] = name
        assert Slot.objects.count() == len(received) - before, "each waiting entry holds its place"
        work()
    assert len(received) + at_once >= 300
    judged = judged_entries(program, prize.slug)
    assert {number: entry["note"] for number, entry in judged.items()} == received
    for number, name in received.items():
        assert judged[number]["state"] == "refused", f"{name}: {judged[number]}"
        assert judged[number]["score"] is None
        complain_of(name, judged[number]["faults"])
    first_rules_hold(judged)
    nothing_was_spent(program, prize)
    pages_tell_the_faults(people, [judged[number] for number in sampled(list(judged))])


def batches(uploads: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Yield the uploads in turns: a few of them wait at once, then the worker comes."""
    for start in range(0, len(uploads), BATCH):
        yield uploads[start : start + BATCH]


def judged_entries(program: Program, slug: str) -> dict[int, dict[str, Any]]:
    """Return all entries of the program's team, page by page, by number."""
    found: dict[int, dict[str, Any]] = {}
    after = ""
    while True:
        page = program.get(f"/challenges/{slug}/entries?limit=200{after}")
        found |= {entry["id"]: entry for entry in page["items"]}
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def first_rules_hold(judged: dict[int, dict[str, Any]]) -> None:
    """Check that the server finds what the engine finds: the rule for which each upload was made."""
    kept, broken = set(), []
    for entry in judged.values():
        rule, found = entry["note"].partition("/")[0], {fault["rule"] for fault in entry["faults"]}
        if rule in found:
            kept.add(rule)
        elif rule not in FREE_OF_RULE and rule != "too_large":
            broken.append(f"{entry['note']}: {sorted(found)}")
    assert not broken, "\n".join(broken)
    assert len(kept) >= 15, kept


def nothing_was_spent(program: Program, prize: Challenge) -> None:
    """Check that the machines are at rest, and that the solver may hand in as much as before."""
    assert not Slot.objects.exists()
    assert not Score.objects.exists()
    assert not Task.objects.exclude(state=TaskState.DONE).exists()
    assert not Task.objects.filter(tries__gt=1).exists(), "a task failed on the way"
    assert set(Entry.objects.values_list("state", flat=True)) == {EntryState.REFUSED}
    standing = program.get(f"/challenges/{prize.slug}/standing")
    assert standing["may_submit"] is True
    assert standing["allowance"]["left"] == standing["allowance"]["left_today"] == PER_DAY
    assert program.get(f"/challenges/{prize.slug}/board")["rows"] == []


def sampled(numbers: list[int]) -> list[int]:
    """Return about twenty of the numbers, evenly spread over all families of mistakes."""
    return sorted(numbers)[:: max(1, len(numbers) // SAMPLED)]


def pages_tell_the_faults(people: People, entries: list[dict[str, Any]]) -> None:
    """Check that the pages of entries list each fault, in both languages."""
    browser = Client()
    browser.force_login(people.solver)
    assert len(entries) >= SAMPLED
    for entry in entries:
        for language, kept in QUOTA_KEPT.items():
            browser.cookies["django_language"] = language
            response = browser.get(f"/entries/{entry['id']}")
            text = response.content.decode()
            assert response.status_code == 200, entry["note"]
            assert f'<html lang="{language}"' in text
            assert kept in text, (entry["note"], language)
            assert "%(" not in text, "a sentence with a hole"
            assert text.count('<p class="mend">') == len(entry["faults"]), (entry["note"], language)
            if language == "en":
                assert all(escape(fault["message"]) in text for fault in entry["faults"]), entry["note"]


def test_the_same_file_unbroken_is_scored(
    prize: Challenge, program: Program, work: Callable[[], int]
) -> None:
    response = program.submit(prize.slug, VALID_CSV.encode())
    work()
    entry = program.get(f"/entries/{response.json()['id']}")
    assert entry["state"] == "scored"
    assert entry["score"]["public"]["score"] == pytest.approx(0.25)
    assert program.get(f"/challenges/{prize.slug}/standing")["allowance"]["left"] == PER_DAY - 1
