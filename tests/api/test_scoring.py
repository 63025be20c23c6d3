"""Boards by API, and the secret of private scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from laureate.recipe.problem.models import Challenge
from laureate.recipe.scoring.models import Score
from support.claims import predictions
from support.people import People

from .conftest import Caller, good, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(
    people: People, open_challenge: Challenge, submit: Callable[..., Any], work: Callable[[], int]
) -> Challenge:
    """Give the challenge with entries of two teams; each has other public and private scores."""
    submit(people.solver, "claims", predictions(2.0, private_off=7.734375))
    submit(people.rival, "claims", predictions(1.0, private_off=9.265625))
    submit(people.solver, "claims", predictions(4.0, private_off=8.515625))
    work()
    return open_challenge


def test_public_board(played: Challenge, stranger: Caller, as_solver: Caller) -> None:
    board = good(stranger("GET", "/challenges/claims/board"))
    assert {key: board[key] for key in ("kind", "metric", "direction", "rows_evaluated")} == {
        "kind": "public", "metric": "rmse", "direction": "lower", "rows_evaluated": 60,
    }  # fmt: skip
    lines = [(row["rank"], row["team"], round(row["score"], 9), row["baseline"]) for row in board["rows"]]
    assert lines == [
        (1, "Rita Rival", 1.0, False),
        (2, "Sara Solver", 2.0, False),
        (None, "Incumbent", 3.0, True),
    ]
    assert [row["entries"] for row in board["rows"]] == [1, 2, 1]
    low, high = board["rows"][1]["interval"]
    assert low <= 2.0 <= high
    assert board["at"].endswith("Z")
    ours = [row["team"] for row in good(as_solver("GET", "/challenges/claims/board"))["rows"] if row["ours"]]
    assert ours == ["Sara Solver"]
    refused(stranger("GET", "/challenges/claims/board", {"kind": "secret"}), 422)
    refused(stranger("GET", "/challenges/nowhere/board"), 404)


def test_course(played: Challenge, stranger: Caller) -> None:
    course = good(stranger("GET", "/challenges/claims/course"))
    assert [round(score, 9) for score in (point["score"] for point in course["points"])] == [2.0, 1.0, 4.0]
    assert [round(score, 9) for score in (point["score"] for point in course["best"])] == [2.0, 1.0]
    assert course["points"][0]["time"].endswith("Z")
    refused(stranger("GET", "/challenges/nowhere/course"), 404)


def test_private_board_opens_with_the_close(
    played: Challenge, stranger: Caller, as_solver: Caller, as_host: Caller
) -> None:
    private = {"kind": "private"}
    refused(stranger("GET", "/challenges/claims/board", private), 403, "not_revealed")
    refused(as_solver("GET", "/challenges/claims/board", private), 403, "not_revealed")
    good(as_host("GET", "/challenges/claims/board", private))
    good(as_host("POST", "/challenges/claims/close"))
    board = good(stranger("GET", "/challenges/claims/board", private))
    assert [row["team"] for row in board["rows"] if row["rank"]] == ["Sara Solver", "Rita Rival"]
    entry = good(as_solver("GET", "/challenges/claims/entries"))["items"][0]
    assert entry["score"]["private"]["score"] == pytest.approx(8.515625)


def test_host_sees_both_sides(played: Challenge, as_host: Caller) -> None:
    sides = [set(item["score"]) for item in good(as_host("GET", "/challenges/claims/entries"))["items"]]
    assert sides == [{"public", "private"}] * 4


def numbers_in(value: Any) -> Iterator[float]:
    """Yield every number of a JSON value, also those in texts."""
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def test_no_private_score_in_any_answer_before_the_close(
    played: Challenge, as_solver: Caller, stranger: Caller, as_host: Caller, people: People
) -> None:
    secrets: list[float] = []
    for score in Score.objects.filter(entry__team__baseline=False):
        secrets += [score.private or 0.0, score.private_low or 0.0, score.private_high or 0.0]
    assert len(set(secrets)) >= 3
    from laureate.api.v1 import api

    entry = good(as_solver("GET", "/challenges/claims/entries"))["items"][0]["id"]
    file = good(stranger("GET", "/challenges/claims"))["data"][0]["id"]
    asked = 0
    for path, methods in api.get_openapi_schema()["paths"].items():
        if "get" not in methods:
            continue
        number = file if "/challenges/" in path else entry
        address = path.replace("{slug}", "claims").replace("{id}", str(number)).replace("{code}", "none")
        for caller in (as_solver, stranger):
            for query in ({}, {"kind": "private"}) if path.endswith("/board") else ({},):
                response = caller("GET", address, query)
                assert response.status_code < 500
                text = response.getvalue().decode("utf-8", "replace")
                asked += 1
                for secret in secrets:
                    for digits in (repr(secret), f"{secret:.5f}", f"{secret:.4f}"):
                        assert digits not in text, (address, digits)
                if response["Content-Type"].endswith("json") and response.status_code == 200:
                    told = list(numbers_in(json.loads(text)))
                    assert not [n for n in told for s in secrets if n == pytest.approx(s, rel=1e-9)], address
    assert asked > 30
    # The test can fail: what it looks for stands in the host's answers.
    assert repr(secrets[0]) in as_host("GET", "/challenges/claims/entries").content.decode()


def test_metrics_are_the_command_lines(people: People, stranger: Caller) -> None:
    from click.testing import CliRunner

    from laureate.cli.metrics import metrics

    printed = CliRunner().invoke(metrics, ["--json"]).output
    assert good(stranger("GET", "/metrics")) == json.loads(printed)


def test_health(people: People, stranger: Caller, as_solver: Caller, call: Any) -> None:
    assert good(stranger("GET", "/health")) == {"ok": True}
    assert good(as_solver("GET", "/health")) == {"ok": True}
    assert good(call(people.operator, "read")("GET", "/health")) == {"ok": True}
    queue = good(call(people.operator)("GET", "/health"))["queue"]
    assert queue["waiting"] == 6, "six welcomes"
    assert queue["oldest"].endswith("Z")
