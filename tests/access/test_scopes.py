"""Tokens do what their scopes say and nothing else, whatever their owner may do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from laureate.base.people.actions import issue_token
from laureate.engine.problem import pack_bundle
from support.people import People, look_as

from .asking import api_addresses, ask
from .test_matrix import outcome
from .world import World, build_world

pytestmark = pytest.mark.django_db

SUBMITS = {
    "join_challenge", "submit_entry", "cancel_entry", "select_entry", "release_entry", "rename_team",
    "invite_member", "accept_invitation", "propose_merge", "answer_merge",
}  # fmt: skip
HOSTS = {
    "found_organisation", "appoint_member", "import_challenge", "revise_challenge", "plan_phases",
    "check_challenge", "publish_challenge", "close_challenge", "finalise_challenge", "withdraw_challenge",
    "export_challenge", "attach_file", "detach_file", "staff", "appoint_staff", "dismiss_staff",
}  # fmt: skip
HARMLESS = {"open_account", "issue_token", "revoke_token", "read_inbox"}
"""What changes something, but only for the owner of the token."""
CASES = {"cancel_entry": "waiting", "release_entry": "selected"}


@pytest.fixture
def world(people: People, claims: Callable[..., Path], tmp_path: Path) -> World:
    """Give the world with an open challenge."""
    made = build_world(people, claims(), "open")
    made.bundle = tmp_path / "bundle.zip"
    pack_bundle(claims(slug="another"), made.bundle)
    return made


def outcomes(world: World, role: str, *scopes: str) -> dict[str, str]:
    """Return how each operation answers to a token of these scopes, by its name."""
    world.secrets[role] = issue_token(look_as(world.user(role)), "narrow", scopes)
    found: dict[str, str] = {}
    for address in api_addresses():
        for verb, name in address.names.items():
            operation = name.removeprefix("api:")
            cache.clear()
            with transaction.atomic():
                response = ask(world, Client(), role, address, verb, CASES.get(operation, ""))
                if response.status_code != 405:
                    found[operation] = outcome(response)
                if response.streaming:
                    response.getvalue()
                transaction.set_rollback(True)
    return found


def test_every_operation_that_changes_something_is_sorted(world: World) -> None:
    changing = {
        name.removeprefix("api:")
        for address in api_addresses()
        for verb, name in address.names.items()
        if verb != "GET" and address.names["GET"] != name
    }
    assert changing - {"openapi-json", "api-root"} <= SUBMITS | HOSTS | HARMLESS


def test_a_token_to_read_submits_nothing(world: World) -> None:
    found = outcomes(world, "solver", "read")
    refused = {name: found[name] for name in SUBMITS - {"join_challenge", "accept_invitation"}}
    assert set(refused.values()) == {"403"}, refused
    assert found["entries"] == found["entry_page"] == found["inbox"] == "200"


def test_a_token_to_read_joins_nothing(world: World) -> None:
    found = outcomes(world, "other_host", "read")
    assert found["join_challenge"] == found["accept_invitation"] == "403"


@pytest.mark.parametrize("scopes", [("read",), ("submit",), ("read", "submit")])
@pytest.mark.parametrize("role", ["host", "operator"])
def test_a_token_without_the_scope_runs_nothing(world: World, role: str, scopes: tuple[str, ...]) -> None:
    found = outcomes(world, role, *scopes)
    refused = {name: found[name] for name in HOSTS}
    assert set(refused.values()) == {"403"}, refused


def test_a_token_to_submit_submits(world: World) -> None:
    found = outcomes(world, "solver", "submit")
    assert found["submit_entry"] == "201"
    assert found["select_entry"] == found["cancel_entry"] == "200"


def test_a_narrow_token_makes_no_wider_one(world: World) -> None:
    from laureate.base.people.viewer import RefusedError

    viewer = look_as(world.people.host, frozenset({"read"}))
    with pytest.raises(RefusedError):
        issue_token(viewer, "wider", ["read", "host"])


@pytest.mark.parametrize("kind", ["solution", "baseline"])
def test_secret_files_need_the_scope_of_hosts(world: World, kind: str) -> None:
    path = f"/api/v1/challenges/{world.slug}/files/{world.files[kind]}"
    for scopes, status in ((("read", "submit"), 403), (("read", "host"), 200)):
        secret = issue_token(look_as(world.people.host), "narrow", scopes)
        response = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
        assert response.status_code == status


def test_no_token_opens_a_page(world: World) -> None:
    for path in ("/mine", f"/host/{world.slug}", "/operate"):
        secret = world.secrets["operator"]
        response = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
        assert outcome(response) == "login"


def test_a_host_s_token_to_read_sees_what_a_stranger_sees(world: World) -> None:
    host = look_as(world.people.host)
    reader, whole = (
        {"Authorization": f"Bearer {issue_token(host, 'any', scopes)}"}
        for scopes in (("read", "submit"), ("read", "host"))
    )
    base = f"/api/v1/challenges/{world.slug}"
    assert Client().get(f"{base}/board?kind=private", headers=reader).status_code == 403
    assert Client().get(f"{base}/board?kind=private", headers=whole).status_code == 200
    assert Client().get(f"{base}/entries", headers=reader).json()["items"] == []
    theirs = Client().get(f"{base}/entries", headers=whole).json()["items"]
    assert theirs
    for part in ("", "/file"):
        address = f"/api/v1/entries/{theirs[0]['id']}{part}"
        assert Client().get(address, headers=reader).status_code == 404
        assert Client().get(address, headers=whole).status_code == 200
    assert "solution" not in Client().get(base, headers=reader).json()
    assert "solution" in Client().get(base, headers=whole).json()
