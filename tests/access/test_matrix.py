"""Who gets which answer where: every address, verb, role and state of a challenge, against a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from laureate.engine.problem import pack_bundle
from support.people import People

from .asking import Address, api_addresses, ask, web_addresses
from .table import Line, read_table
from .world import ROLES, STATES, World, build_world, sign_in

pytestmark = pytest.mark.django_db
LINES = read_table()


@pytest.fixture
def build(
    people: People, claims: Callable[..., Path], tmp_path: Path, settings: Any
) -> Callable[[str], World]:
    """Give ``build(state)``: the world with its challenge in that state."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it writes for each request, and decides nothing

    def make(state: str) -> World:
        world = build_world(people, claims(), state)
        world.bundle = tmp_path / "bundle.zip"
        pack_bundle(claims(slug="another"), world.bundle)
        return world

    return make


class Browsers:
    """One browser for each role, as fresh for each request as after signing in."""

    def __init__(self, world: World) -> None:
        self.clients = {role: sign_in(world.user(role)) for role in ROLES}
        self.cookies = {role: client.cookies.output(header="") for role, client in self.clients.items()}

    def of(self, role: str) -> Client:
        """Return the browser of a role, with the cookies that it had in the beginning."""
        client = self.clients[role]
        client.cookies = SimpleCookie()
        for line in self.cookies[role].splitlines():
            client.cookies.load(line.strip())
        return client


def outcome(response: Any) -> str:
    """Return the status as the table writes it: ``login`` is the way to the sign-in page."""
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "login"
    return str(response.status_code)


def answered(world: World, browsers: Browsers, role: str, address: Address, verb: str, case: str) -> str:
    """Ask, and forget what the answer changed."""
    cache.clear()
    with transaction.atomic():
        # To the API everybody speaks by token; that sessions pass too is tested with the API.
        who = "stranger" if address.url_name.startswith("api:") else role
        response = ask(world, browsers.of(who), role, address, verb, case)
        found = outcome(response)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return found


def addresses() -> Iterator[Address]:
    """Give every address of the platform."""
    yield from web_addresses()
    yield from api_addresses()


def declared() -> dict[tuple[str, str], list[Line]]:
    """Return the table's lines by name and verb."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in LINES:
        found.setdefault((line.name, line.verb), []).append(line)
    return found


def test_every_address_is_declared_and_every_line_has_an_address() -> None:
    named = {(name, verb) for address in addresses() for verb, name in address.names.items()}
    lines = declared()
    names = {name for name, _ in lines}
    assert {name for name, _ in named} - names == set(), "addresses that the table does not know"
    assert set(lines) - named == set(), "lines of the table without an address"
    assert len({(line.name, line.case, line.verb) for line in LINES}) == len(LINES), "a line stands twice"


@pytest.mark.parametrize("state", STATES)
def test_everybody_is_answered_as_declared(state: str, build: Callable[[str], World]) -> None:
    world, lines, wrong = build(state), declared(), []
    browsers = Browsers(world)
    for address in addresses():
        if state != "open" and not address.depends_on_state:
            continue
        for verb, name in address.names.items():
            for line in lines.get((name, verb), []):
                for role in ROLES:
                    found = answered(world, browsers, role, address, verb, line.case)
                    if found != line.expected(role, state):
                        told = f"{name}@{line.case} {verb} {role}: {found}, not {line.expected(role, state)}"
                        wrong.append(told)
    assert not wrong, f"{len(wrong)} answers differ from the table:\n" + "\n".join(wrong)


def test_other_verbs_are_refused_for_everybody(build: Callable[[str], World]) -> None:
    world, lines, wrong = build("open"), declared(), []
    browsers = Browsers(world)
    for address in addresses():
        for verb, name in address.names.items():
            if (name, verb) in lines:
                continue
            for role in ("stranger", "solver", "operator"):
                found = answered(world, browsers, role, address, verb, "")
                if found != "405":
                    wrong.append(f"{name} {verb} {role}: {found}")
    assert not wrong, "verbs that the table does not know:\n" + "\n".join(wrong)
