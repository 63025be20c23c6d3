"""Accounts: sign up, sign in, sign out; what is kept, who may read it, to whom it is sent."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from laureate.cli.server import account
from laureate.cli.server.keeping import Login, current_login, keep_login

from .serving import Api, Reply, problem

ISSUED = {"id": 7, "token": "lau_new", "name": "laureate", "scopes": ["read"], "expires_at": None}
ME = {
    "email": "ada@example.org",
    "name": "Ada",
    "locale": "en",
    "time_zone": "UTC",
    "operator": False,
    "scopes": ["read", "submit"],
    "organisations": [{"slug": "acme", "name": "Acme"}],
}


def test_login_keeps_a_token_that_only_the_owner_can_read(
    stranger_api: Api, run: Callable[..., Result], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger_api.on("POST", "/tokens", Reply(ISSUED, 201))
    monkeypatch.setenv("LAUREATE_PASSWORD", "a long secret")
    result = run("login", "--url", stranger_api.url + "/", "--email", "ada@example.org")
    assert result.exit_code == 0
    assert "a long secret" not in result.output and "lau_new" not in result.output
    (asked,) = stranger_api.asked
    assert asked.json["email"] == "ada@example.org"
    assert asked.json["password"] == "a long secret"
    assert asked.json["scopes"] == ["read", "submit", "host"]
    assert "authorization" not in asked.headers
    kept = home / "login.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert json.loads(kept.read_text()) == {
        "url": stranger_api.url,
        "token": "lau_new",
        "token_id": 7,
        "email": "ada@example.org",
    }
    assert [path.name for path in home.iterdir()] == ["login.json"]


def test_the_kept_token_is_used(stranger_api: Api, answer: Callable[..., Any]) -> None:
    keep_login(Login(stranger_api.url, "lau_kept", 7, "ada@example.org"))
    stranger_api.on("GET", "/me", ME)
    assert answer("whoami") == {"url": stranger_api.url, **ME}
    assert stranger_api.asked[0].headers["authorization"] == "Bearer lau_kept"
    assert stranger_api.asked[0].headers["user-agent"].startswith("laureate/")


def test_a_kept_token_goes_to_no_other_server() -> None:
    keep_login(Login("https://one.example.org", "lau_kept", 7))
    assert current_login({"LAUREATE_URL": "https://two.example.org"}).token == ""
    assert current_login({"LAUREATE_URL": "https://one.example.org/"}).token == "lau_kept"
    assert current_login({"LAUREATE_TOKEN": "x"}) == Login(
        "https://one.example.org", "x", from_environment=True
    )
    assert current_login({"LAUREATE_URL": "https://two.example.org", "LAUREATE_TOKEN": "x"}).token == "x"
    assert current_login({}).token == "lau_kept"


def test_login_again_replaces_what_was_kept(
    stranger_api: Api, answer: Callable[..., Any], home: Path
) -> None:
    keep_login(Login(stranger_api.url, "lau_old", 3, "old@example.org"))
    stranger_api.on("POST", "/tokens", Reply(ISSUED, 201))
    said = answer("login", "--email", "ada@example.org", "--password-stdin", input="secret words\n")
    assert said == {"url": stranger_api.url, "email": "ada@example.org"}
    assert stranger_api.asked[0].json["password"] == "secret words"
    assert json.loads((home / "login.json").read_text())["token"] == "lau_new"


def test_login_with_a_token_asks_whose_it_is(
    stranger_api: Api, answer: Callable[..., Any], home: Path
) -> None:
    stranger_api.on("GET", "/me", ME)
    answer("login", "--url", stranger_api.url, "--token", "lau_mine")
    assert stranger_api.asked[0].headers["authorization"] == "Bearer lau_mine"
    kept = json.loads((home / "login.json").read_text())
    assert (kept["token"], kept["token_id"], kept["email"]) == ("lau_mine", None, "ada@example.org")


def test_a_wrong_password_is_said_as_the_server_says_it(
    stranger_api: Api, refused: Callable[..., Any], home: Path
) -> None:
    wrong = {"rule": "wrong_password", "message": "No such account: 100 % sure.", "fix": "Check both."}
    stranger_api.on("POST", "/tokens", problem(401, wrong))
    found = refused("login", "--url", stranger_api.url, "--email", "a@b.org", "--password-stdin", input="x\n")
    assert found == {"wrong_password": wrong}
    assert not (home / "login.json").exists()


def test_what_is_missing_is_said_all_at_once(refused: Callable[..., Any]) -> None:
    assert set(refused("signup")) == {"missing_email", "missing_name", "missing_password"}
    assert set(refused("login", "--email", "a@b.org", "--password-stdin", input="")) == {"missing_password"}


def test_people_are_asked_for_what_is_missing(
    stranger_api: Api, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "interactive", lambda *_: True)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    stranger_api.on("POST", "/accounts", Reply({"email": "ada@example.org", "name": "Ada"}, 201))
    stranger_api.on("POST", "/tokens", Reply(ISSUED, 201))
    typed = "ada@example.org\nAda\nlong words here\nlong words here\n"
    result = run("signup", "--url", stranger_api.url, "--json", input=typed)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["email"] == "ada@example.org"
    assert stranger_api.lines == ["POST /accounts", "POST /tokens"]
    assert stranger_api.asked[0].json == {
        "email": "ada@example.org",
        "name": "Ada",
        "password": "long words here",
        "locale": "fr",
    }


def test_a_refused_account_keeps_nothing(stranger_api: Api, refused: Callable[..., Any], home: Path) -> None:
    taken = {"rule": "email_taken", "message": "Taken.", "fix": "Sign in.", "column": "email"}
    weak = {"rule": "password", "message": "Too short.", "fix": "Longer.", "column": "password"}
    stranger_api.on("POST", "/accounts", problem(422, taken, weak))
    arguments = ["--url", stranger_api.url, "--email", "a@b.org", "--name", "A", "--password-stdin"]
    assert refused("signup", *arguments, input="x\n") == {"email_taken": taken, "password": weak}
    assert not home.exists()


def test_logout_revokes_and_forgets(stranger_api: Api, answer: Callable[..., Any], home: Path) -> None:
    keep_login(Login(stranger_api.url, "lau_kept", 7, "ada@example.org"))
    stranger_api.on("DELETE", "/tokens/7", Reply(None, 204))
    assert answer("logout") == {"url": stranger_api.url, "revoked": True}
    assert stranger_api.lines == ["DELETE /tokens/7"]
    assert not (home / "login.json").exists()


def test_logout_of_a_dead_token_is_no_failure(
    stranger_api: Api, answer: Callable[..., Any], home: Path
) -> None:
    keep_login(Login(stranger_api.url, "lau_kept", 7))
    stranger_api.on("DELETE", "/tokens/7", problem(401, {"rule": "sign_in", "message": "m", "fix": "f"}))
    assert answer("logout")["revoked"] is False
    assert not (home / "login.json").exists()


def test_logout_forgets_even_where_the_server_is_gone(refused: Callable[..., Any], home: Path) -> None:
    keep_login(Login("http://127.0.0.1:9", "lau_kept", 7))
    assert set(refused("logout")) == {"server_unreachable"}
    assert not (home / "login.json").exists()


def test_logout_leaves_a_token_of_the_environment_alone(
    api: Api, answer: Callable[..., Any], home: Path
) -> None:
    assert answer("logout")["revoked"] is False
    assert api.asked == []


def test_an_unreadable_login_is_said(refused: Callable[..., Any], home: Path) -> None:
    home.mkdir(parents=True)
    (home / "login.json").write_text("{")
    assert str(home) in refused("whoami")["login_unreadable"]["message"]


def test_a_password_on_an_open_road_is_warned_of(run: Callable[..., Result]) -> None:
    result = run("login", "--url", "http://prizes.invalid", "--email", "a@b.org")
    assert "not encrypted" in result.stderr
    result = run("login", "--url", "http://localhost.prizes.invalid", "--email", "a@b.org")
    assert "not encrypted" in result.stderr
    assert "not encrypted" not in run("login", "--url", "http://127.0.0.1:9", "--email", "a@b.org").stderr


def test_whoami_is_readable(api: Api, run: Callable[..., Result]) -> None:
    api.on("GET", "/me", {**ME, "name": "Ada\x1b[31m"})
    shown = run("whoami").stdout
    assert "Acme (acme)" in shown and "read, submit" in shown
    assert "\x1b" not in shown


def test_tokens_are_listed_and_revoked(
    api: Api, run: Callable[..., Result], answer: Callable[..., Any]
) -> None:
    token = {
        "id": 7,
        "name": "laptop",
        "hint": "lau_ab",
        "scopes": ["read"],
        "made_at": "2026-01-01T00:00:00Z",
    }
    token |= {"last_used_at": None, "expires_at": None}
    api.on("GET", "/tokens", {"items": [token]})
    assert answer("tokens") == [token]
    assert api.asked[0].query == {}
    assert "never" in run("tokens").stdout
    api.on("DELETE", "/tokens/7", Reply(None, 204))
    assert answer("revoke-token", "7") == {"id": 7, "revoked": True}
    assert api.lines[-1] == "DELETE /tokens/7"


def test_the_inbox_is_read(api: Api, run: Callable[..., Result], answer: Callable[..., Any]) -> None:
    message = {"id": 1, "subject": "Welcome", "body": "Hello.\nMore.", "path": "/challenges/claims"}
    message |= {"sent_at": "2026-01-01T10:00:00Z", "read": False}
    api.on("GET", "/inbox", {"items": [message], "next": None, "unread": 1})
    api.on("POST", "/inbox/read", Reply(None, 204))
    assert answer("inbox", "--limit", "5") == {"unread": 1, "items": [message]}
    assert api.asked[0].query == {"limit": "5"}
    shown = run("inbox", "--read").stdout
    assert "* 2026-01-01 10:00" in shown and f"{api.url}/challenges/claims" in shown
    assert api.lines[-1] == "POST /inbox/read"
