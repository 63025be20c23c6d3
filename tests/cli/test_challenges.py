"""Challenges in a terminal: find, read, join."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from .pieces import challenge, standing
from .serving import Api, Reply, problem


def test_challenges_are_listed(api: Api, run: Callable[..., Result]) -> None:
    row = {"id": 3, "slug": "claims", "title": "[bold]Claims\x1b[2J", "sponsor": "", "state": "open"}
    api.on(
        "GET",
        "/challenges",
        {"items": [row | {"closes_at": None}], "next": None},
        {"items": [], "next": None},
    )
    shown = run("challenges").stdout
    assert "claims" in shown and "[bold]Claims" in shown and "\x1b" not in shown
    assert run("challenges").stdout == "No challenge found.\n"


def test_a_challenge_is_shown_with_how_one_stands(
    api: Api, run: Callable[..., Result], answer: Callable[..., Any]
) -> None:
    api.on("GET", "/challenges/claims", challenge())
    api.on("GET", "/challenges/claims/standing", standing())
    shown = run("show", "claims").stdout
    for said in ("Claims of next year", "3 of 5 left, next in 4 h 12 min", "data/train.csv", "120 kB"):
        assert said in shown
    for said in ("Predict *well*.", "Main phase", "5 a day", "id, y", "sample submission"):
        assert said in shown
    assert answer("show", "claims") == {**challenge(), "standing": standing()}


def test_a_stranger_sees_a_challenge_without_standing(
    api: Api, answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAUREATE_TOKEN")
    api.on("GET", "/challenges/claims", challenge())
    assert answer("show", "claims")["standing"] is None
    assert api.lines == ["GET /challenges/claims"]


def test_why_nothing_can_be_handed_in_is_said(api: Api, run: Callable[..., Result]) -> None:
    why = {"rule": "not_joined", "message": "You do not take part.", "fix": "Join first."}
    api.on("GET", "/challenges/claims", challenge(brief="", phases=[], data=[], sample=None))
    changes = {"team": None, "allowance": None, "may_join": True, "may_submit": False, "why_not": why}
    api.on("GET", "/challenges/claims/standing", standing(**changes))
    shown = run("show", "claims").stdout
    assert "none yet" in shown and "You do not take part. Join first." in shown


def test_a_challenge_is_joined(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    api.on("POST", "/challenges/claims/join", Reply(standing(), 201))
    assert answer("join", "claims") == standing()
    assert api.lines == ["POST /challenges/claims/join"]
    assert "Ada's team" in run("join", "claims").stdout


def test_what_one_may_not_know_of_is_unknown(api: Api, refused: Callable[..., Any]) -> None:
    unknown = {"rule": "unknown", "message": "There is nothing here.", "fix": "Check the address."}
    for path in ("/challenges/secret", "/challenges/secret/standing"):
        api.on("GET", path, problem(404, unknown))
    for command in ("show", "data", "team"):
        assert refused(command, "secret") == {"unknown": unknown}
