"""Handing in: the file as it is, the receipt checked, the score awaited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from laureate.cli.server import submitting

from .pieces import ALLOWANCE, SCORE, SCORED, board, entry, standing
from .serving import Api, Reply, problem

CONTENT = "id,y\n1,é\n".encode() * 20_000
RECEIPT = {
    "id": 12,
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "received_at": "2026-01-01T10:00:00Z",
    "size": len(CONTENT),
}
GIVEN_BACK = {**ALLOWANCE, "left": 4, "said": "4 of 5 left, next in 4 h 11 min"}
RECEIVED = {**entry(CONTENT), "receipt": RECEIPT, "allowance": ALLOWANCE}


@pytest.fixture
def ready(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Give a server that receives an entry and scores it at the second look."""
    monkeypatch.setattr(submitting, "PAUSE", 0.01)
    Path("entry.csv").write_bytes(CONTENT)
    api.on("POST", "/challenges/claims/entries", Reply(RECEIVED, 201))
    api.on("GET", "/entries/12", entry(CONTENT), entry(CONTENT, **SCORED))
    api.on("GET", "/challenges/claims/board", board())
    api.on("GET", "/challenges/claims/standing", standing(allowance=GIVEN_BACK))
    return api


def test_an_entry_is_handed_in_and_its_score_awaited(ready: Api, answer: Callable[..., Any]) -> None:
    found = answer("submit", "claims", "entry.csv", "--note", "first try")
    assert found["state"] == "scored"
    assert found["score"] == SCORE
    assert found["rank"] == 2
    assert found["receipt"] == RECEIPT
    assert found["allowance"] == ALLOWANCE
    posted, look, second, ranked = ready.asked
    assert posted.form == {"file": ("entry.csv", CONTENT), "note": (None, b"first try")}
    assert 1 <= int(look.query["wait"]) <= 30 and second.path == look.path
    assert ranked.query == {"kind": "public"}


def test_the_outcome_in_words(ready: Api, run: Callable[..., Result]) -> None:
    shown = run("submit", "claims", "entry.csv")
    assert shown.exit_code == 0 and shown.stderr == ""
    for said in (RECEIPT["sha256"], "0.4512", "0.4100 to 0.4900", "2 of 2", "3 of 5 left"):
        assert str(said) in shown.stdout
    assert list(ready.asked[0].form) == ["file"]


def test_no_wait_leaves_with_the_receipt(ready: Api, answer: Callable[..., Any]) -> None:
    assert answer("submit", "claims", "entry.csv", "--no-wait", "--receipt", "r.json") == RECEIVED
    assert json.loads(Path("r.json").read_text()) == RECEIPT
    assert ready.lines == ["POST /challenges/claims/entries"]


def test_a_receipt_for_other_bytes_is_noticed(ready: Api, refused: Callable[..., Any]) -> None:
    other = {**RECEIVED, "receipt": {**RECEIPT, "sha256": "0" * 64}}
    ready.on("POST", "/challenges/claims/entries", Reply(other, 201))
    assert set(refused("submit", "claims", "entry.csv")) == {"receipt_mismatch"}


def test_an_entry_refused_for_its_faults(
    ready: Api, answer: Callable[..., Any], run: Callable[..., Result]
) -> None:
    fault = {"rule": "missing_ids", "message": "Rows that are missing: 3.", "fix": "Add them.", "count": 3}
    refusal = entry(CONTENT, state="refused", faults=[fault])
    ready.on("GET", "/entries/12", refusal)
    said = answer("submit", "claims", "entry.csv", code=2)
    assert said["errors"] == [fault]
    assert said["entry"]["allowance"] == GIVEN_BACK
    assert said["entry"]["id"] == 12 and said["entry"]["state"] == "refused"
    result = run("submit", "claims", "entry.csv")
    assert result.exit_code == 2
    assert "Rows that are missing: 3." in result.stderr
    assert "does not count: 4 of 5 left" in result.stderr


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_an_entry_without_a_score_by_no_fault_of_its_own(
    state: str, ready: Api, answer: Callable[..., Any], run: Callable[..., Result]
) -> None:
    ready.on("GET", "/entries/12", entry(CONTENT, state=state))
    assert answer("submit", "claims", "entry.csv", code=1)["state"] == state
    assert run("submit", "claims", "entry.csv").exit_code == 1


def test_waiting_has_an_end(ready: Api, run: Callable[..., Result]) -> None:
    ready.on("GET", "/entries/12", entry(CONTENT))
    result = run("submit", "claims", "entry.csv", "--timeout", "1")
    assert result.exit_code == 1
    assert "laureate entry 12" in result.stdout


def test_a_server_that_is_away_for_a_moment_is_asked_again(ready: Api, answer: Callable[..., Any]) -> None:
    away, busy = Reply(b"", 502), Reply(b"", 429, {"Retry-After": "1"})
    ready.on("GET", "/entries/12", away, Reply(entry(CONTENT), cut=3), busy, entry(CONTENT, **SCORED))
    assert answer("submit", "claims", "entry.csv")["state"] == "scored"
    assert ready.lines.count("GET /entries/12") == 4


def test_an_entry_that_is_gone_is_not_waited_for(ready: Api, refused: Callable[..., Any]) -> None:
    ready.on("GET", "/entries/12", problem(404, {"rule": "unknown", "message": "m", "fix": "f"}))
    assert set(refused("submit", "claims", "entry.csv")) == {"unknown"}


def test_a_board_that_is_not_for_them_costs_only_the_rank(ready: Api, answer: Callable[..., Any]) -> None:
    ready.on("GET", "/challenges/claims/board", problem(404, {"rule": "unknown", "message": "m", "fix": "f"}))
    found = answer("submit", "claims", "entry.csv")
    assert found["rank"] is None and found["score"] == SCORE


def test_no_slot_left(ready: Api, refused: Callable[..., Any]) -> None:
    quota = {"rule": "quota", "message": "0 of 5 left today, next in 4 h 12 min.", "fix": "Come back then."}
    ready.on("POST", "/challenges/claims/entries", problem(429, quota, **{"Retry-After": "15120"}))
    assert refused("submit", "claims", "entry.csv") == {"quota": quota}


def test_a_file_that_is_none(ready: Api, refused: Callable[..., Any]) -> None:
    Path("folder").mkdir()
    for name in ("no.csv", "folder"):
        assert set(refused("submit", "claims", name)) == {"file_not_found"}
    assert ready.asked == []


def test_a_receipt_that_cannot_be_written_is_said(ready: Api, refused: Callable[..., Any]) -> None:
    assert set(refused("submit", "claims", "entry.csv", "--receipt", "no/such/r.json")) == {"cannot_write"}
