"""Entries, teams and the life of a challenge: one request each, as the API wants it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from laureate.cli.server import hosting

from .pieces import SCORED, board, challenge, entry, standing
from .serving import Api, Reply, problem

CODE = "abcdefghijklmnop_-123456"


def test_entries_are_listed(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    found = [entry(id=13, selected=True, **SCORED), entry(id=12, state="refused")]
    api.on("GET", "/challenges/claims/entries", {"items": found, "next": None})
    api.on("GET", "/challenges/claims", challenge())
    assert answer("entries", "claims") == found
    assert api.lines == ["GET /challenges/claims/entries"]
    lines = run("entries", "claims").stdout.splitlines()
    assert "private" not in lines[0] and "team" not in lines[0]
    assert lines[1].split()[0] == "13" and "0.45123" in lines[1] and lines[1].rstrip().endswith("yes")
    assert "refused" in lines[2]


def test_hosts_see_teams_and_private_scores(api: Api, run: Callable[..., Result]) -> None:
    private = {"score": {"private": {"score": 0.5, "interval": None, "rows": 60}}}
    found = [entry(id=13, **private), entry(id=12, team="Others")]
    api.on("GET", "/challenges/claims/entries", {"items": found, "next": None})
    api.on("GET", "/challenges/claims", challenge(metric="unheard_of"))
    lines = run("entries", "claims").stdout.splitlines()
    assert "private" in lines[0] and "team" in lines[0]
    assert "0.500000" in lines[1]


def test_no_entry_yet(api: Api, run: Callable[..., Result]) -> None:
    api.on("GET", "/challenges/claims/entries", {"items": [], "next": None})
    assert run("entries", "claims").stdout == "No entry yet.\n"


def test_one_entry(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    content = b"id,y\n1,2\n"
    api.on("GET", "/entries/12", entry(content, **SCORED))
    api.on("GET", "/entries/12/file", Reply(content))
    api.on("GET", "/challenges/claims", challenge())
    assert answer("entry", "12", "--to", "back.csv")["score"] == SCORED["score"]
    assert Path("back.csv").read_bytes() == content
    shown = run("entry", "12").stdout
    assert "0.45123" in shown and "0.41000 to 0.49000" in shown and "entry.csv, 9 B" in shown


def test_the_faults_of_an_entry_are_said(api: Api, run: Callable[..., Result]) -> None:
    fault = {"rule": "missing_ids", "message": "Rows that are missing: 3.", "fix": "Add them."}
    api.on("GET", "/entries/12", entry(state="refused", faults=[fault]))
    result = run("entry", "12")
    assert result.exit_code == 0
    assert "Rows that are missing: 3." in result.stderr and "refused" in result.stdout


@pytest.mark.parametrize("verb", ["select", "release", "cancel"])
def test_verbs_of_an_entry(
    verb: str, api: Api, run: Callable[..., Result], answer: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    api.on("POST", f"/entries/12/{verb}", entry())
    assert answer(verb, "12") == entry()
    assert api.lines == [f"POST /entries/12/{verb}"]
    assert "Entry 12" in run(verb, "12").stdout
    late = {"rule": "too_late", "message": "It is judged already.", "fix": "Hand in another."}
    api.on("POST", f"/entries/12/{verb}", problem(409, late))
    assert refused(verb, "12") == {"too_late": late}
    assert set(refused(verb, "x")) == {"usage"}


def test_the_team_is_shown(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    api.on("GET", "/challenges/claims/standing", standing())
    assert answer("team", "claims") == standing()
    shown = run("team", "claims").stdout
    assert "Ada (captain), Bob" in shown and "laureate answer-merge claims 8 --accept" in shown
    assert "“Third”" in shown
    api.on("GET", "/challenges/claims/standing", standing(team=None, allowance=None))
    assert "laureate join claims" in run("team", "claims").stdout


def test_a_team_is_renamed(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    api.on("PATCH", "/challenges/claims/team", standing())
    assert answer("rename-team", "claims", "Ada's team") == standing()
    assert api.asked[0].json == {"name": "Ada's team"}
    assert "“Ada's team”" in run("rename-team", "claims", "Ada's team").stdout


def test_a_member_is_invited(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    invitation = {"code": CODE, "url": f"https://x.org/invitations/{CODE}"}
    api.on("POST", "/challenges/claims/invitations", Reply(invitation, 201))
    assert answer("invite-member", "claims") == invitation
    assert f"laureate accept-invitation {CODE}" in run("invite-member", "claims").stdout


@pytest.mark.parametrize("given", [CODE, f"https://x.org/invitations/{CODE}/"])
def test_an_invitation_is_accepted(
    given: str, api: Api, run: Callable[..., Result], answer: Callable[..., Any]
) -> None:
    read = {"challenge": "claims", "challenge_title": "Claims", "team": "Ada's team", "members": ["Ada"]}
    api.on("GET", f"/invitations/{CODE}", read)
    api.on("POST", f"/invitations/{CODE}/accept", standing())
    assert answer("accept-invitation", given) == standing()
    assert api.lines == [f"GET /invitations/{CODE}", f"POST /invitations/{CODE}/accept"]
    assert "Ada's team" in run("accept-invitation", given).stdout


def test_a_code_that_is_none_is_not_sent(api: Api, refused: Callable[..., Any]) -> None:
    assert set(refused("accept-invitation", "a?b=c&d=efgh")) == {"bad_code"}
    assert api.asked == []


def test_merges_are_proposed_and_answered(
    api: Api, run: Callable[..., Result], answer: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    merge = {"id": 8, "source": "Ada's team", "target": "Others"}
    api.on("POST", "/challenges/claims/merges", Reply(merge, 201))
    assert answer("propose-merge", "claims", "Others") == merge
    assert api.asked[0].json == {"team": "Others"}
    api.on("PATCH", "/challenges/claims/merges/8", standing())
    assert answer("answer-merge", "claims", "8", "--accept") == standing()
    assert api.asked[-1].json == {"accept": True}
    assert "declined" in run("answer-merge", "claims", "8", "--decline").stdout
    assert api.asked[-1].json == {"accept": False}
    assert "--accept or --decline" in refused("answer-merge", "claims", "8")["usage"]["message"]


@pytest.mark.parametrize(
    ("verb", "state"), [("close", "closed"), ("finalise", "final"), ("withdraw", "withdrawn")]
)
def test_a_challenge_is_led_on(
    verb: str,
    state: str,
    api: Api,
    run: Callable[..., Result],
    answer: Callable[..., Any],
    refused: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.on("POST", f"/challenges/claims/{verb}", challenge(state=state))
    assert set(refused(verb, "claims")) == {"not_confirmed"}
    assert api.asked == []
    assert answer(verb, "claims", "--yes")["state"] == state
    assert api.lines == [f"POST /challenges/claims/{verb}"]
    monkeypatch.setattr(hosting, "interactive", lambda: True)
    assert run(verb, "claims", input="n\n").exit_code == 1
    assert len(api.asked) == 1
    result = run(verb, "claims", input="y\n")
    assert result.stdout == f"claims is {state}.\n"


def test_the_board_of_a_challenge(
    api: Api, run: Callable[..., Result], answer: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    api.on("GET", "/challenges/claims/board", board())
    assert answer("board", "claims", "--kind", "private") == board()
    assert api.asked[0].query == {"kind": "private"}
    shown = run("board", "claims").stdout
    assert "lower is better, on 60 rows" in shown
    assert "Incumbent (baseline)" in shown and "Ada's team (you)" in shown
    assert "0.4512" in shown and "0.4100 to 0.4900" in shown
    assert "at home" in refused("board", "claims", "--lower")["usage"]["message"]
    api.on("GET", "/challenges/claims/board", board(rows=[]))
    assert "No entry" in run("board", "claims").stdout
