"""``laureate signup``, ``login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import os
import platform
import re
import sys
from typing import Any

import click

from laureate.cli.output import json_option, print_facts, print_json, refuses_bad_input, say, warn
from laureate.cli.server.client import Server, connect
from laureate.cli.server.keeping import Login, current_login, forget_login, keep_login, kept_login
from laureate.engine.faults import BadInputError, Fault, mark

SCOPES = ["read", "submit", "host"]
_NEAR = re.compile(r"http://(127(\.\d+){3}|localhost|\[::1\])(:\d+)?(/.*)?")
"""Addresses of this very machine, to which nobody listens on the way."""

url_option = click.option("--url", help="The server's address; else LAUREATE_URL, else the one used last.")
email_option = click.option("--email", help="Your e-mail address; asked for when not given.")
password_option = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input; else LAUREATE_PASSWORD, else it is asked for.",
)


@click.command("signup")
@url_option
@email_option
@click.option("--name", help="Your name as others read it; asked for when not given.")
@password_option
@json_option
@refuses_bad_input
def signup(url: str | None, email: str | None, name: str | None, password_stdin: bool, as_json: bool) -> None:
    """Open an account and sign in."""
    address = _address(url)
    answers = _ask({"email": email, "name": name}, password_stdin, new=True)
    with connect(Login(address)) as server:
        server.send("POST", "/accounts", json={**answers, "locale": _locale()})
        kept = _issue(server, answers["email"], answers["password"])
    keep_login(kept)
    _welcome(kept, as_json)


@click.command("login")
@url_option
@email_option
@click.option("--token", help="A token made on your account page, instead of e-mail and password.")
@password_option
@json_option
@refuses_bad_input
def login(url: str | None, email: str | None, token: str | None, password_stdin: bool, as_json: bool) -> None:
    """Sign in: the server issues a token for this machine, which is kept in your configuration folder.

    The password itself is not kept.
    """
    address = _address(url)
    if token:
        with connect(Login(address, token)) as server:
            kept = Login(address, token, email=server.get("/me")["email"])
    else:
        answers = _ask({"email": email}, password_stdin, new=False)
        with connect(Login(address)) as server:
            kept = _issue(server, answers["email"], answers["password"])
    keep_login(kept)
    _welcome(kept, as_json)


@click.command("logout")
@json_option
@refuses_bad_input
def logout(as_json: bool) -> None:
    """Revoke the token of this machine and forget it."""
    known = kept_login()
    revoked = False
    try:
        if known.token_id is not None and known.token:
            with connect(known) as server:
                revoked = _revoked(server, known.token_id)
    finally:
        # Whatever the server says, this machine forgets.
        forget_login()
    if as_json:
        print_json({"url": known.url, "revoked": revoked})
        return
    say("Signed out." if known.token else "Nobody was signed in.")
    if known.token and known.token_id is None:
        warn("The token still works, as “laureate login” did not issue it: revoke it on your account page.")


@click.command("whoami")
@json_option
@refuses_bad_input
def whoami(as_json: bool) -> None:
    """Show who is signed in, and where."""
    with connect() as server:
        me: dict[str, Any] = {"url": server.login.url, **server.get("/me")}
    if as_json:
        print_json(me)
        return
    hosted = ", ".join(f"{one['name']} ({one['slug']})" for one in me.get("organisations", []))
    print_facts(
        [
            ("Server", me["url"]),
            ("Name", me["name"]),
            ("E-mail", me["email"]),
            ("Hosts for", hosted),
            ("Token may", ", ".join(me.get("scopes") or [])),
            ("Operator", "yes" if me.get("operator") else ""),
        ]
    )


def _address(url: str | None) -> str:
    address = (url or current_login().url).strip().rstrip("/")
    if address.startswith("http://") and _NEAR.fullmatch(address) is None:
        warn(f"Warning: {address} is not encrypted; others on the way can read your password.")
    return address


def _issue(server: Server, email: str, password: str) -> Login:
    """Return the login with a token of its own for this machine."""
    name = f"laureate on {platform.node() or 'a terminal'}"[:80]
    wanted = {"name": name, "scopes": SCOPES, "email": email, "password": password}
    issued = server.send("POST", "/tokens", json=wanted)
    return Login(server.login.url, issued["token"], issued["id"], email)


def _revoked(server: Server, token_id: int) -> bool:
    """Revoke a token; return False where it was dead already."""
    try:
        server.send("DELETE", f"/tokens/{token_id}")
    except BadInputError as error:
        if any(fault.rule in ("sign_in", "unknown") for fault in error.faults):
            return False
        raise
    return True


def _welcome(kept: Login, as_json: bool) -> None:
    if as_json:
        print_json({"url": kept.url, "email": kept.email})
    else:
        say(f"Signed in to {kept.url} as {kept.email}.")


def _ask(given: dict[str, str | None], password_stdin: bool, *, new: bool) -> dict[str, str]:
    """Return the answers with the password; ask for what is missing where somebody can answer.

    Raises BadInputError with all that is missing elsewhere.
    """
    password = (
        sys.stdin.readline().rstrip("\r\n") if password_stdin else os.environ.get("LAUREATE_PASSWORD", "")
    )
    answers = {key: value or "" for key, value in given.items()} | {"password": password}
    missing = [key for key, value in answers.items() if not value]
    if missing and not interactive(password_stdin):
        raise BadInputError([_missing(key) for key in missing])
    for key in missing:
        answers[key] = _answer(key, new)
    return answers


def interactive(password_stdin: bool = False) -> bool:
    """Tell whether somebody is there to answer questions."""
    return sys.stdin.isatty() and not password_stdin


def _answer(key: str, new: bool) -> str:
    secret = key == "password"
    answer: str = click.prompt(
        _QUESTIONS[key], hide_input=secret, confirmation_prompt=secret and new, err=True
    )
    return answer


_QUESTIONS = {"email": "E-mail", "name": "Your name", "password": "Password"}


def _missing(key: str) -> Fault:
    if key == "password":
        fix = mark("Set LAUREATE_PASSWORD, or pipe the password in with --password-stdin.")
        return Fault("missing_password", mark("No password was given."), fix)
    return Fault(
        f"missing_{key}", mark("--%(option)s was not given."), mark("Add --%(option)s."), {"option": key}
    )


def _locale() -> str:
    """Return the language in which the server will write to this person."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "fr" if said.lower().startswith("fr") else "en"
