"""Accounts, tokens and organisations by API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from laureate.base.people import throttle
from laureate.base.people.throttle import OPEN_ACCOUNT, SIGN_IN_TO_ACCOUNT
from support.people import PASSWORD, People

from .conftest import Caller, good, refused

pytestmark = pytest.mark.django_db

NEW = {"email": "new@example.org", "name": "Nadia New", "password": PASSWORD}


def test_account_opens_and_signs_in_at_once(people: People, stranger: Caller) -> None:
    opened = good(stranger("POST", "/accounts", {**NEW, "locale": "fr", "time_zone": "Europe/Paris"}), 201)
    assert opened == {"email": "new@example.org", "name": "Nadia New"}
    asked = {"name": "laptop", "email": "New@example.org", "password": PASSWORD, "scopes": ["read", "submit"]}
    issued = good(stranger("POST", "/tokens", asked), 201)
    assert issued["token"].startswith("lau_")
    me = good(Caller(issued["token"])("GET", "/me"))
    assert me == {
        "email": "new@example.org",
        "name": "Nadia New",
        "locale": "fr",
        "time_zone": "Europe/Paris",
        "operator": False,
        "scopes": ["read", "submit"],
        "organisations": [],
    }


def test_account_tells_every_mistake_at_once(people: People, stranger: Caller) -> None:
    told = refused(stranger("POST", "/accounts", {"email": "nobody", "name": "N", "password": "short"}), 422)
    assert {"email", "password"} <= {fault["column"] for fault in told["errors"]}
    told = refused(
        stranger("POST", "/accounts", {**NEW, "time_zone": "Mars/Base", "extra": 1, "name": " "}), 422
    )
    assert {fault["column"] for fault in told["errors"]} == {"time_zone", "extra", "name"}
    refused(stranger("POST", "/accounts", {**NEW, "email": people.solver.email.upper()}), 422, "email_taken")


@pytest.mark.parametrize(
    "bad", ["{", '{"email": NaN}', '{"name": "a\\u0000b"}', '{"name": "\\ud800"}', '"\\ud800"', "[" * 50_000]
)
def test_what_cannot_be_kept_is_refused_at_the_door(people: People, stranger: Caller, bad: str) -> None:
    response = stranger.client.post("/api/v1/accounts", bad, content_type="application/json")
    refused(response, 400, "unreadable_request")


def test_nul_in_a_query_is_refused(people: People, stranger: Caller) -> None:
    refused(stranger("GET", "/challenges", {"words": "a\0b"}), 400, "unreadable_request")


def test_wrong_password_and_unknown_address_read_alike(people: People, stranger: Caller) -> None:
    answers = [
        refused(
            stranger("POST", "/tokens", {"name": "x", "email": email, "password": "wrong"}),
            401,
            "wrong_password",
        )
        for email in (people.solver.email, "nobody@example.org")
    ]
    assert answers[0] == answers[1]


def test_passwords_cannot_be_guessed_for_long(people: People, stranger: Caller) -> None:
    def guess(email: str, password: str = "wrong", **headers: str) -> Any:
        return stranger("POST", "/tokens", {"name": "x", "email": email, "password": password}, **headers)

    for _ in range(SIGN_IN_TO_ACCOUNT.most):
        refused(guess(people.solver.email), 401)
    response = guess(people.solver.email.upper(), PASSWORD)
    refused(response, 429, "too_many_attempts")
    assert 1 <= int(response["Retry-After"]) <= SIGN_IN_TO_ACCOUNT.seconds + 1
    # Nobody else is locked out, nor the same person elsewhere; a forged header is no elsewhere.
    good(guess(people.rival.email, PASSWORD), 201)
    refused(guess(people.solver.email, PASSWORD, **{"X-Forwarded-For": "203.0.113.9"}), 429)


def test_good_password_starts_the_count_anew(people: People, stranger: Caller) -> None:
    for _ in range(3):
        for _ in range(SIGN_IN_TO_ACCOUNT.most - 1):
            refused(
                stranger("POST", "/tokens", {"name": "x", "email": people.solver.email, "password": "no"}),
                401,
            )
        good(
            stranger("POST", "/tokens", {"name": "x", "email": people.solver.email, "password": PASSWORD}),
            201,
        )


def test_window_ends(people: People, frozen: Callable[..., Any]) -> None:
    from laureate.base.people.models import Attempt
    from laureate.base.people.viewer import RefusedError

    start = datetime(2026, 11, 24, 12, 1, tzinfo=UTC)
    with frozen(start):
        for _ in range(OPEN_ACCOUNT.most):
            throttle.count_attempt(OPEN_ACCOUNT, "192.0.2.1")
        with pytest.raises(RefusedError) as caught:
            throttle.count_attempt(OPEN_ACCOUNT, "192.0.2.1")
        assert caught.value.kind == "quota"
        assert caught.value.faults[0].params["seconds"] in (240, 241)
        throttle.count_attempt(OPEN_ACCOUNT, "192.0.2.2")
    with frozen(start + timedelta(minutes=4)):
        throttle.count_attempt(OPEN_ACCOUNT, "192.0.2.1")
        assert Attempt.objects.count() == 1, "what is over is swept away"


@pytest.mark.parametrize(
    ("meta", "proxies", "address"),
    [
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "203.0.113.1"}, 0, "192.0.2.7"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.1"}, 1, "203.0.113.1"),
        ({"REMOTE_ADDR": "10.0.0.1"}, 1, "10.0.0.1"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, 0, "2001:db8:1:2::/64"),
        ({"REMOTE_ADDR": ""}, 0, "unknown"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "<script>"}, 1, "unknown"),
    ],
)
def test_address_of(settings: Any, meta: dict[str, str], proxies: int, address: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert throttle.address_of(meta) == address


def test_too_many_requests(people: People, as_solver: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from laureate.api import limits

    monkeypatch.setattr(limits, "KNOWN_PER_MINUTE", 2)
    monkeypatch.setattr(limits, "STRANGER_PER_MINUTE", 1)
    monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000.0)
    good(as_solver("GET", "/me"))
    good(as_solver("GET", "/me"))
    response = as_solver("GET", "/me")
    refused(response, 429, "too_many_attempts")
    assert int(response["Retry-After"]) == 21
    good(Caller()("GET", "/health"))
    refused(Caller()("GET", "/health"), 429)


def test_tokens_are_listed_and_revoked(
    people: People, as_solver: Caller, call: Callable[..., Caller]
) -> None:
    person = {"email": people.solver.email, "password": PASSWORD}
    issued = good(Caller()("POST", "/tokens", {"name": "ci", "scopes": ["read"], **person}), 201)
    listed = good(as_solver("GET", "/tokens"))["items"]
    assert [item["name"] for item in listed] == ["ci", "test"]
    assert issued["token"] not in str(listed)
    assert listed[0]["id"] == issued["id"]
    refused(call(people.rival)("DELETE", f"/tokens/{issued['id']}"), 404)
    program = Caller(issued["token"])
    good(program("GET", "/me"))
    good(as_solver("DELETE", f"/tokens/{issued['id']}"), 204)
    response = program("GET", "/me")
    refused(response, 401, "sign_in")
    assert response["WWW-Authenticate"] == "Bearer"
    refused(as_solver("DELETE", f"/tokens/{issued['id']}"), 404)


def test_wrong_token_is_refused_even_where_strangers_may_look(people: People) -> None:
    refused(Caller("lau_wrong")("GET", "/challenges"), 401)
    refused(Caller("lau_wrong")("GET", "/me"), 401)


def test_token_expires(people: People, as_solver: Caller) -> None:
    past = {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}
    refused(as_solver("POST", "/tokens", past), 422, "already_over")
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    person = {"email": people.solver.email, "password": PASSWORD}
    issued = good(Caller()("POST", "/tokens", {"name": "x", "expires_at": soon, **person}), 201)
    good(Caller(issued["token"])("GET", "/me"))
    from laureate.base.people.models import ApiToken

    ApiToken.objects.filter(pk=issued["id"]).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    refused(Caller(issued["token"])("GET", "/me"), 401)


@pytest.mark.parametrize(
    "wrong",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2027-01-01T00:00:00", 1_800_000_000, "soon"],
)
def test_instants_out_of_the_calendar(people: People, as_solver: Caller, wrong: Any) -> None:
    refused(as_solver("POST", "/tokens", {"name": "x", "expires_at": wrong}), 422)


def test_a_token_makes_no_token(people: People, call: Callable[..., Caller]) -> None:
    # Else one with an end, or with few scopes, would live on in another.
    for scopes in (("read",), ("read", "submit", "host")):
        program = call(people.host, *scopes)
        refused(program("POST", "/tokens", {"name": "x", "scopes": ["read"]}), 403, "needs_person")


def test_a_token_revokes_itself_and_only_one_that_may_do_all_revokes_others(
    people: People, call: Callable[..., Caller]
) -> None:
    reader, other, whole = call(people.host, "read"), call(people.host, "read"), call(people.host)
    first, second, third = (item["id"] for item in reversed(good(reader("GET", "/tokens"))["items"]))
    refused(reader("DELETE", f"/tokens/{second}"), 403, "needs_person")
    good(reader("DELETE", f"/tokens/{first}"), 204)
    refused(reader("GET", "/me"), 401)
    good(whole("DELETE", f"/tokens/{second}"), 204)
    refused(other("GET", "/me"), 401)
    good(whole("DELETE", f"/tokens/{third}"), 204)


def test_reading_needs_the_scope_to_read(people: People, call: Callable[..., Caller]) -> None:
    program = call(people.solver, "submit")
    for path in ("/me", "/inbox", "/challenges", "/tokens"):
        refused(program("GET", path), 403, "missing_scope")
    refused(program("POST", "/inbox/read"), 403, "missing_scope")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/me"), ("GET", "/tokens"), ("DELETE", "/tokens/1"), ("POST", "/tokens")]
)
def test_strangers_sign_in_first(people: People, stranger: Caller, method: str, path: str) -> None:
    refused(stranger(method, path, {"name": "x"} if method == "POST" else None), 401, "sign_in")


def test_organisations(
    people: People, call: Callable[..., Caller], as_host: Caller, as_solver: Caller
) -> None:
    operator = call(people.operator)
    refused(as_host("POST", "/organisations", {"name": "Mine"}), 403, "not_an_operator")
    refused(call(people.operator, "read")("POST", "/organisations", {"name": "Mine"}), 403, "missing_scope")
    refused(operator("POST", "/organisations", {"name": "  "}), 422)
    refused(
        operator("POST", "/organisations", {"name": "X", "owner_email": "no@example.org"}),
        422,
        "no_such_person",
    )
    founded = good(
        operator("POST", "/organisations", {"name": "New Co", "owner_email": people.host.email}), 201
    )
    assert founded == {"slug": "new-co", "name": "New Co"}
    assert founded in good(as_host("GET", "/me"))["organisations"]
    member = {"email": people.solver.email, "role": "reader"}
    address = "/organisations/new-co/members"
    refused(as_solver("PUT", address, member), 404)
    refused(call(people.host, "read")("PUT", address, member), 403, "missing_scope")
    refused(as_host("PUT", address, {**member, "role": "king"}), 422)
    refused(as_host("PUT", "/organisations/nowhere/members", member), 404)
    good(as_host("PUT", address, member), 204)
    refused(as_solver("PUT", address, member), 404)


class TestSession:
    """A browser that has signed in: everything holds, and what changes something needs the CSRF token."""

    def test_reads_without_and_writes_with_the_token(self, people: People) -> None:
        from django.test import Client

        browser = Client(enforce_csrf_checks=True)
        browser.force_login(people.host)
        me = browser.get("/api/v1/me").json()
        assert me["scopes"] == ["read", "submit", "host"]
        body = {"name": "x"}
        refused(browser.post("/api/v1/tokens", body, content_type="application/json"), 403, "csrf")
        secret = "a" * 32
        browser.cookies["csrftoken"] = secret
        headers = {"X-CSRFToken": secret}
        good(browser.post("/api/v1/tokens", body, content_type="application/json", headers=headers), 201)
        wrong = {"X-CSRFToken": "b" * 32}
        refused(browser.post("/api/v1/inbox/read", headers=wrong), 403, "csrf")

    def test_deactivated_person_is_a_stranger(self, people: People) -> None:
        from django.test import Client

        browser = Client()
        browser.force_login(people.host)
        people.host.is_active = False
        people.host.save()
        refused(browser.get("/api/v1/me"), 401)


def test_answers_speak_the_language_that_is_asked_for(
    people: People, stranger: Caller, monkeypatch: Any
) -> None:
    from laureate.api import errors

    monkeypatch.setattr(errors, "gettext", lambda text: f"«{text}»")
    told = refused(stranger("GET", "/me"), 401)
    assert told["errors"][0]["message"].startswith("«")


def test_unknown_addresses_and_methods(people: People, stranger: Caller) -> None:
    refused(stranger("GET", "/nowhere"), 404, "unknown")
    refused(stranger("GET", "/api/v2/me"), 404, "unknown")
    response = stranger("DELETE", "/accounts")
    refused(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST"
