"""Everything that can go wrong between a terminal and a server is a fault with a fix."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from .serving import Api, Reply, problem

SIGN_IN = {"rule": "sign_in", "message": "Sign in first.", "fix": "On the page."}


def test_a_refused_connection(refused: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("LAUREATE_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    found = refused("challenges")["server_unreachable"]
    assert "127.0.0.1" in found["message"]
    assert "laureate login --url" in found["fix"]


def test_in_words_it_goes_to_standard_error(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAUREATE_URL", "http://127.0.0.1:9")
    result = run("challenges")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "server_unreachable" in result.stderr


@pytest.mark.parametrize("address", ["prizes.example.org", "ftp://x", "http://[", "http://a b/"])
def test_an_address_that_is_none(
    address: str, refused: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAUREATE_URL", address)
    assert set(refused("challenges")) <= {"bad_address", "server_unreachable"}


def test_an_address_without_a_scheme_says_how_to_write_it(
    refused: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAUREATE_URL", "prizes.example.org")
    assert "https://" in refused("challenges")["bad_address"]["fix"]


def test_all_faults_of_a_problem_are_told(api: Api, refused: Callable[..., Any]) -> None:
    first = {"rule": "one", "message": "99 % and %(x)s", "fix": "f", "file": "e.csv", "line": 3, "count": 2}
    first["examples"] = [{"line": 3, "id": "b"}]
    second = {"rule": "two", "message": "m", "fix": "g", "column": "state"}
    api.on("GET", "/challenges", problem(422, first, second))
    assert refused("challenges") == {"one": first, "two": second}


def test_a_problem_without_errors_says_its_detail(api: Api, refused: Callable[..., Any]) -> None:
    body = {"type": "about:blank", "title": "Conflict", "status": 409, "detail": "It is 100% over."}
    api.on("GET", "/challenges", Reply(body, 409, {"Content-Type": "application/problem+json"}))
    assert refused("challenges")["refused"]["message"] == "It is 100% over."


def test_a_dead_token(api: Api, refused: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    api.on("GET", "/me", problem(401, SIGN_IN))
    found = refused("whoami")["sign_in"]
    assert "does not accept" in found["message"] and "LAUREATE_TOKEN" in found["fix"]
    monkeypatch.delenv("LAUREATE_TOKEN")
    found = refused("whoami")["sign_in"]
    assert found["message"] == "Sign in first." and "laureate login" in found["fix"]
    assert "authorization" not in api.asked[-1].headers


def test_too_many_requests(api: Api, refused: Callable[..., Any]) -> None:
    api.on("GET", "/challenges", Reply(b"slow down", 429, {"Retry-After": "17"}))
    assert "17 s" in refused("challenges")["too_many_requests"]["fix"]


def test_a_failing_server(api: Api, refused: Callable[..., Any]) -> None:
    api.on("GET", "/challenges", Reply(b"<h1>Oops</h1>", 500, {"Content-Type": "text/html"}))
    assert "500" in refused("challenges")["server_failed"]["message"]


@pytest.mark.parametrize("reply", [Reply(b"<html>", 200), Reply(b"nothing", 404)])
def test_something_else_answers(reply: Reply, api: Api, refused: Callable[..., Any]) -> None:
    api.on("GET", "/challenges", reply)
    assert set(refused("challenges")) == {"not_laureate"}


def test_a_server_that_has_moved_gets_no_token_at_its_new_place(
    api: Api, refused: Callable[..., Any]
) -> None:
    api.on("GET", "/challenges", Reply(b"", 301, {"Location": f"{api.url}/api/v1/elsewhere"}))
    assert "/elsewhere" in refused("challenges")["server_moved"]["message"]
    assert len(api.asked) == 1


def test_a_broken_answer(api: Api, refused: Callable[..., Any]) -> None:
    api.on("GET", "/challenges", Reply({"items": [], "next": None}, cut=5))
    assert set(refused("challenges")) == {"server_unreachable"}


def test_all_pages_are_read(api: Api, answer: Callable[..., Any]) -> None:
    pages = [{"items": [{"id": 9}, {"id": 8}], "next": 8}, {"items": [{"id": 5}], "next": None}]
    api.on("GET", "/challenges", *pages)
    found = answer("challenges", "--words", "health claims", "--state", "open", "--field", "health")
    assert found == [{"id": 9}, {"id": 8}, {"id": 5}]
    first, second = (asked.query for asked in api.asked)
    assert first == {"words": "health claims", "state": "open", "field": "health", "limit": "100"}
    assert second == {**first, "after": "8", "limit": "98"}


def test_no_more_than_asked_for(api: Api, answer: Callable[..., Any]) -> None:
    api.on("GET", "/challenges", {"items": [{"id": 9}, {"id": 8}], "next": 8})
    assert answer("challenges", "--limit", "2") == [{"id": 9}, {"id": 8}]
    assert len(api.asked) == 1
