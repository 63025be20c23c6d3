"""Teams and entries by API: join, submit, follow, choose, merge."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from laureate.recipe.problem.models import Challenge
from support.claims import predictions
from support.people import People

from .conftest import Caller, good, refused, upload

pytestmark = pytest.mark.django_db
ENTRIES = "/challenges/claims/entries"


@pytest.fixture
def joined(as_solver: Caller, open_challenge: Challenge) -> Caller:
    """Give the solver's program after joining."""
    good(as_solver("POST", "/challenges/claims/join"), 201)
    return as_solver


def hand_in(caller: Caller, content: bytes | None = None, **form: Any) -> Any:
    """Hand in an entry and return the answer."""
    file = upload(predictions(1.0) if content is None else content)
    return caller("POST", ENTRIES, form={"file": file, **form})


def test_entry_from_upload_to_score(joined: Caller, work: Callable[[], int]) -> None:
    response = hand_in(joined, note="first try")
    entry = good(response, 201)
    assert response["Location"] == f"/api/v1/entries/{entry['id']}"
    digest = hashlib.sha256(predictions(1.0)).hexdigest()
    assert entry["receipt"] == {
        "id": entry["id"], "sha256": digest, "received_at": entry["received_at"],
        "size": len(predictions(1.0)),
    }  # fmt: skip
    assert (entry["state"], entry["score"], entry["note"]) == ("received", None, "first try")
    assert entry["allowance"]["left"] == 4
    assert entry["allowance"]["said"].startswith("4 of 5 left, next in ")
    work()
    judged = good(joined("GET", response["Location"]))
    assert judged["state"] == "scored"
    assert judged["score"]["public"]["score"] == pytest.approx(1.0)
    assert judged["score"]["public"]["rows"] == 60
    assert set(judged["score"]) == {"public"}
    answer = joined("GET", f"/entries/{entry['id']}/file")
    assert answer.getvalue() == predictions(1.0)
    assert answer["ETag"] == f'"{digest}"'
    assert answer["Content-Disposition"] == 'attachment; filename="entry.csv"'


def test_broken_entry_tells_its_mistakes_and_costs_nothing(joined: Caller, work: Callable[[], int]) -> None:
    entry = good(hand_in(joined, b"customer,claim\n1,x\n1,2\n"), 201)
    work()
    judged = good(joined("GET", f"/entries/{entry['id']}"))
    assert (judged["state"], judged["score"]) == ("refused", None)
    assert judged["faults"]
    assert all(fault["message"] and fault["fix"] for fault in judged["faults"])
    assert good(joined("GET", "/challenges/claims/standing"))["allowance"]["left"] == 5


def test_joining(
    as_solver: Caller, as_host: Caller, stranger: Caller, call: Any, people: People, open_challenge: Any
) -> None:
    before = good(as_solver("GET", "/challenges/claims/standing"))
    assert (before["team"], before["may_join"], before["may_submit"]) == (None, True, False)
    assert before["why_not"]["rule"] == "not_joined"
    refused(call(people.solver, "read")("POST", "/challenges/claims/join"), 403, "missing_scope")
    standing = good(as_solver("POST", "/challenges/claims/join"), 201)
    assert standing["team"]["name"] == "Sara Solver"
    assert standing["team"]["members"] == [{"name": "Sara Solver", "captain": True}]
    assert (standing["may_join"], standing["may_submit"], standing["why_not"]) == (False, True, None)
    assert standing["allowance"]["said"].startswith("5 of 5 left")
    refused(as_solver("POST", "/challenges/claims/join"), 409, "already_joined")
    refused(as_host("POST", "/challenges/claims/join"), 403, "host_enters")
    refused(stranger("POST", "/challenges/claims/join"), 401)
    refused(as_solver("POST", "/challenges/nowhere/join"), 404)
    assert good(stranger("GET", "/challenges/claims/standing"))["why_not"]["rule"] == "sign_in"


def test_who_may_not_submit(
    joined: Caller, call: Any, people: People, stranger: Caller, as_host: Caller, open_challenge: Challenge
) -> None:
    refused(hand_in(call(people.rival)), 403, "not_joined")
    refused(hand_in(call(people.solver, "read")), 403, "missing_scope")
    refused(hand_in(stranger), 401)
    refused(joined("POST", ENTRIES, form={"note": "no file"}), 422, "missing")
    refused(hand_in(joined, note="x" * 281), 422)
    refused(hand_in(joined, note="a\0b"), 400)
    assert good(joined("GET", ENTRIES))["items"] == []
    good(as_host("POST", "/challenges/claims/close"))
    refused(hand_in(joined), 409, "not_running")


def test_quota_says_when_to_come_back(publish: Any, as_solver: Caller, frozen: Any) -> None:
    publish(per_day=1)
    good(as_solver("POST", "/challenges/claims/join"), 201)
    noon = datetime.now(UTC).replace(hour=19, minute=48, second=0, microsecond=0)
    with frozen(noon):
        assert good(hand_in(as_solver), 201)["allowance"]["said"] == "0 of 1 left, next in 4 h 12 min"
        response = hand_in(as_solver)
        assert "4 h 12 min" in refused(response, 429, "quota")["detail"]
        assert response["Retry-After"] == str((4 * 60 + 12) * 60)
    with frozen(noon + timedelta(hours=5)):
        good(hand_in(as_solver), 201)


def test_quota_of_the_whole_challenge(publish: Any, as_solver: Caller) -> None:
    publish(per_team=1)
    good(as_solver("POST", "/challenges/claims/join"), 201)
    assert good(hand_in(as_solver), 201)["allowance"]["said"] == "0 of 1 left in this challenge"
    response = hand_in(as_solver)
    refused(response, 429, "quota")
    assert not response.has_header("Retry-After"), "waiting does not help"


def test_cancel_gives_the_slot_back(
    joined: Caller, work: Callable[[], int], call: Any, people: People
) -> None:
    entry = good(hand_in(joined), 201)
    refused(call(people.rival)("POST", f"/entries/{entry['id']}/cancel"), 404)
    refused(call(people.host)("POST", f"/entries/{entry['id']}/cancel"), 404)
    refused(call(people.solver, "read")("POST", f"/entries/{entry['id']}/cancel"), 403, "missing_scope")
    assert good(joined("POST", f"/entries/{entry['id']}/cancel"))["state"] == "cancelled"
    assert good(joined("GET", "/challenges/claims/standing"))["allowance"]["left"] == 5
    refused(joined("POST", f"/entries/{entry['id']}/cancel"), 409, "not_waiting")
    work()
    assert good(joined("GET", f"/entries/{entry['id']}"))["state"] == "cancelled"


def test_final_selections(joined: Caller, work: Callable[[], int]) -> None:
    numbers = [good(hand_in(joined), 201)["id"] for _ in range(3)]
    refused(joined("POST", f"/entries/{numbers[0]}/select"), 409, "not_scored")
    work()
    for number in numbers[:2]:
        assert good(joined("POST", f"/entries/{number}/select"))["selected"] is True
    refused(joined("POST", f"/entries/{numbers[2]}/select"), 409, "selections_full")
    assert good(joined("POST", f"/entries/{numbers[0]}/release"))["selected"] is False
    assert good(joined("POST", f"/entries/{numbers[2]}/select"))["selected"] is True


def test_entries_come_in_pages(
    joined: Caller, as_host: Caller, call: Any, people: People, stranger: Caller
) -> None:
    numbers = [good(hand_in(joined), 201)["id"] for _ in range(3)]
    first = good(joined("GET", ENTRIES, {"limit": 2}))
    assert [item["id"] for item in first["items"]] == numbers[:0:-1]
    second = good(joined("GET", ENTRIES, {"limit": 2, "after": first["next"]}))
    assert ([item["id"] for item in second["items"]], second["next"]) == (numbers[:1], None)
    seen_by_host = good(as_host("GET", ENTRIES))["items"]
    assert {item["ours"] for item in seen_by_host if item["id"] in numbers} == {False}
    assert good(call(people.rival)("GET", ENTRIES))["items"] == []
    refused(stranger("GET", ENTRIES), 401)
    for path in (f"/entries/{numbers[0]}", f"/entries/{numbers[0]}/file"):
        refused(call(people.rival)("GET", path), 404)
        refused(call(people.other_host)("GET", path), 404)
        refused(stranger("GET", path), 401)
        assert as_host("GET", path).status_code == 200


class TestWaiting:
    """``wait``: the answer comes when the entry is judged, or when the time is over."""

    def test_comes_at_once_when_judged(self, joined: Caller, work: Callable[[], int]) -> None:
        entry = good(hand_in(joined), 201)
        work()
        started = time.monotonic()
        assert good(joined("GET", f"/entries/{entry['id']}", {"wait": 30}))["state"] == "scored"
        assert time.monotonic() - started < 2

    def test_ends(self, joined: Caller) -> None:
        entry = good(hand_in(joined), 201)
        started = time.monotonic()
        assert good(joined("GET", f"/entries/{entry['id']}", {"wait": 1}))["state"] == "received"
        assert 1 <= time.monotonic() - started < 3
        for wrong in (-1, 31, "x"):
            refused(joined("GET", f"/entries/{entry['id']}", {"wait": wrong}), 422)

    def test_looks_again(
        self, joined: Caller, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from laureate.api import submissions

        entry = good(hand_in(joined), 201)
        monkeypatch.setattr(submissions.time, "sleep", lambda _: work())
        assert good(joined("GET", f"/entries/{entry['id']}", {"wait": 30}))["state"] == "scored"

    def test_does_not_take_all_threads(self, joined: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        from laureate.api import limits

        entry = good(hand_in(joined), 201)
        monkeypatch.setattr(limits, "_waiting", threading.BoundedSemaphore(1))
        with limits.place_to_wait() as admitted:
            assert admitted
            started = time.monotonic()
            assert good(joined("GET", f"/entries/{entry['id']}", {"wait": 30}))["state"] == "received"
            assert time.monotonic() - started < 2

    def test_of_a_foreign_entry_is_refused_at_once(self, joined: Caller, call: Any, people: People) -> None:
        entry = good(hand_in(joined), 201)
        refused(call(people.rival)("GET", f"/entries/{entry['id']}", {"wait": 30}), 404)


class TestTeams:
    """Names, invitations and merges."""

    def test_rename(self, joined: Caller, call: Any, people: People) -> None:
        standing = good(joined("PATCH", "/challenges/claims/team", {"name": " The Actuaries "}))
        assert standing["team"]["name"] == "The Actuaries"
        refused(joined("PATCH", "/challenges/claims/team", {"name": "  "}), 422)
        refused(joined("PATCH", "/challenges/claims/team", {"name": "x" * 61}), 422)
        rival = call(people.rival)
        refused(rival("PATCH", "/challenges/claims/team", {"name": "The Actuaries"}), 403, "not_joined")
        good(rival("POST", "/challenges/claims/join"), 201)
        refused(rival("PATCH", "/challenges/claims/team", {"name": "The Actuaries"}), 409, "name_taken")
        refused(
            call(people.solver, "read")("PATCH", "/challenges/claims/team", {"name": "X"}),
            403,
            "missing_scope",
        )

    def test_invite_and_accept(self, joined: Caller, call: Any, people: People, stranger: Caller) -> None:
        made = good(joined("POST", "/challenges/claims/invitations"), 201)
        assert made["url"].endswith(made["code"])
        assert good(stranger("GET", f"/invitations/{made['code']}")) == {
            "challenge": "claims", "challenge_title": "Claims of next year", "team": "Sara Solver",
            "members": ["Sara Solver"],
        }  # fmt: skip
        address = f"/invitations/{made['code']}/accept"
        refused(stranger("POST", address), 401)
        refused(call(people.mate, "read")("POST", address), 403, "missing_scope")
        refused(call(people.host)("POST", address), 403, "host_enters")
        standing = good(call(people.mate)("POST", address))
        assert [member["name"] for member in standing["team"]["members"]] == ["Sara Solver", "Max Mate"]
        assert (standing["team"]["captain"], standing["team"]["may_change"]) == (False, False)
        refused(call(people.rival)("POST", address), 404)
        refused(stranger("GET", f"/invitations/{made['code']}"), 404)
        refused(call(people.mate)("POST", "/challenges/claims/invitations"), 403, "not_captain")

    def test_merge(self, joined: Caller, call: Any, people: People) -> None:
        rival = call(people.rival)
        good(rival("POST", "/challenges/claims/join"), 201)
        refused(joined("POST", "/challenges/claims/merges", {"team": "Nobody"}), 422, "no_such_team")
        merge = good(joined("POST", "/challenges/claims/merges", {"team": "Rita Rival"}), 201)
        assert (merge["source"], merge["target"]) == ("Sara Solver", "Rita Rival")
        address = f"/challenges/claims/merges/{merge['id']}"
        assert good(rival("GET", "/challenges/claims/standing"))["team"]["merges"] == [
            {**merge, "ours_to_answer": True}
        ]
        refused(joined("PATCH", address, {"accept": True}), 404)
        refused(rival("PATCH", address, {"accept": "yes"}), 422)
        standing = good(rival("PATCH", address, {"accept": True}))
        assert {member["name"] for member in standing["team"]["members"]} == {"Sara Solver", "Rita Rival"}
        refused(rival("PATCH", address, {"accept": False}), 404)

    def test_merge_is_declined(self, joined: Caller, call: Any, people: People) -> None:
        rival = call(people.rival)
        good(rival("POST", "/challenges/claims/join"), 201)
        merge = good(joined("POST", "/challenges/claims/merges", {"team": "Rita Rival"}), 201)
        standing = good(rival("PATCH", f"/challenges/claims/merges/{merge['id']}", {"accept": False}))
        assert standing["team"]["merges"] == []
        assert len(standing["team"]["members"]) == 1


def test_inbox(joined: Caller, work: Callable[[], int], stranger: Caller) -> None:
    refused(stranger("GET", "/inbox"), 401)
    refused(stranger("POST", "/inbox/read"), 401)
    hand_in(joined)
    work()
    page = good(joined("GET", "/inbox", {"limit": 1}))
    assert page["unread"] == 2
    assert page["items"][0]["subject"].endswith("of Claims of next year is scored")
    assert page["items"][0]["read"] is False
    older = good(joined("GET", "/inbox", {"limit": 1, "after": page["next"]}))
    assert older["items"][0]["subject"] == "Welcome to Laureate"
    assert older["next"] is None
    good(joined("POST", "/inbox/read"), 204)
    page = good(joined("GET", "/inbox"))
    assert (page["unread"], {item["read"] for item in page["items"]}) == (0, {True})
