"""How each address is asked: its parameters, and a valid minimal body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from laureate.api.v1 import api
from support.claims import predictions
from support.people import PASSWORD

from .world import NOTHING, World

WEB_VERBS = ("GET", "POST")
API_VERBS = ("GET", "POST", "PATCH", "PUT", "DELETE")

Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern: its name in the table, the names by verb (an API names its operations)."""

    url_name: str
    parameters: tuple[str, ...]
    names: dict[str, str]

    @property
    def depends_on_state(self) -> bool:
        """Return whether the answer may hang on the state of the challenge."""
        return bool(self.parameters) and self.url_name not in STATELESS


STATELESS = {
    "organisation", "appoint_member", "revoke_token", "retry_task", "account_reset_password_from_key",
    "account_confirm_email", "api:appoint_member", "api:revoke_token",
}  # fmt: skip


def web_addresses() -> Iterator[Address]:
    """Walk the resolver and give each page's address."""
    for pattern in _patterns(get_resolver().url_patterns):
        assert pattern.name, f"an address without a name: {pattern.pattern}"
        name = str(pattern.name)
        yield Address(
            name, tuple(pattern.pattern.converters) or _groups(pattern), dict.fromkeys(WEB_VERBS, name)
        )


def _groups(pattern: URLPattern) -> tuple[str, ...]:
    regex: Any = getattr(pattern.pattern, "regex", None)
    return tuple(regex.groupindex) if regex is not None else ()


def _patterns(found: list[Any]) -> Iterator[URLPattern]:
    for entry in found:
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":
                yield from _patterns(entry.url_patterns)
        else:
            yield entry


def api_addresses() -> Iterator[Address]:
    """Give each path of the API, with the name of its operation by verb."""
    seen: set[str] = set()
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            named = {verb: f"api:{op.view_func.__name__}" for op in view.operations for verb in op.methods}
            parameters = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
            first = next(iter(named.values()))
            seen.add(path)
            yield Address(first, parameters, {verb: named.get(verb, first) for verb in API_VERBS})
    for entry in get_resolver().url_patterns:
        for pattern in getattr(entry, "url_patterns", []):
            if isinstance(pattern, URLResolver) and pattern.namespace == "api":
                yield from _of_the_framework(pattern, seen)


def _of_the_framework(resolver: URLResolver, seen: set[str]) -> Iterator[Address]:
    """Give the addresses that the framework adds to our operations: the description and the root."""
    for pattern in resolver.url_patterns:
        path = "/" + str(pattern.pattern).replace("<", "{").replace(">", "}")
        if path not in seen:
            name = f"api:{pattern.name}"
            yield Address(name, (), dict.fromkeys(API_VERBS, name))


ORGANISATION = ("organisation", "appoint_member", "api:appoint_member")


def path_of(world: World, address: Address, case: str) -> str:
    """Return the path of an address; ``case`` picks among several things, such as kinds of file."""
    values: dict[str, Any] = {}
    for parameter in address.parameters:
        values[parameter] = _value(world, address.url_name, parameter, case)
    path = reverse(address.url_name, kwargs=values)
    return f"{path}{case}" if case.startswith("?") else path


def _value(world: World, name: str, parameter: str, case: str) -> Any:
    if parameter == "slug":
        return "acme-insurance" if name in ORGANISATION else world.slug
    if parameter == "code":
        return world.code
    if parameter in ("uidb36", "key"):
        return "1" if parameter == "uidb36" else "no-such-key"
    if "file" in name and parameter in ("file_id", "id") and "entry" not in name:
        return world.files[case or "data"]
    if "merge" in name:
        return world.merge
    if "staff" in name:
        return world.reader.pk
    if "token" in name:
        return world.token
    if "task" in name:
        return NOTHING
    return world.entries.get(case or "scored", NOTHING)


def file(content: bytes = b"customer,claim\n1,2\n", name: str = "entry.csv") -> SimpleUploadedFile:
    """Return a file for a form."""
    return SimpleUploadedFile(name, content)


def phases_form() -> dict[str, Any]:
    """Return the calendar page's form, filled in."""
    return {
        "time_zone": "Europe/Paris", "entries_per_day": 5, "final_selections": 2, "team_size": 5,
        "phases-TOTAL_FORMS": 1, "phases-INITIAL_FORMS": 0, "phases-0-key": "main",
        "phases-0-title": "Main", "phases-0-opens": "2027-01-01T00:00", "phases-0-closes": "2027-02-01T00:00",
    }  # fmt: skip


PROBLEM = {
    "title": "Claims of next year",
    "language": "en",
    "summary": "New",
    "sponsor": "",
    "field": "",
    "brief": "",
}
MEASURE = {"metric": "rmse", "options": "", "id_column": "customer", "targets": "claim"}
PHASE = {"key": "main", "title": "Main", "opens": "2027-01-01T00:00:00Z", "closes": "2027-02-01T00:00:00Z"}

BODIES: dict[str, Body] = {
    "draft_challenge": lambda w: {
        "organisation": w.people.organisation, "title": "Another claims prize", "slug": "another", "language": "en",
    },
    "import_challenge": lambda w: {"organisation": w.people.organisation, "bundle": _bundle(w)},
    "revise_challenge": lambda _: PROBLEM,
    "set_measure": lambda _: MEASURE,
    "attach_file": lambda _: {"kind": "data", "file": file(), "title": "More", "description": ""},
    "plan_phases": lambda _: phases_form(),
    "submit_entry": lambda _: {"file": file(predictions(4.0)), "note": ""},
    "rename_team": lambda _: {"name": "Nine Boats"},
    "propose_merge": lambda w: {"team": w.other_team},
    "answer_merge": lambda _: {"answer": "decline"},
    "found_platform": lambda _: {},
    "appoint_staff": lambda _: {"email": "mate@example.org", "role": "reader"},
    "settle_reader": lambda _: {"name": "Somebody", "locale": "en", "time_zone": "Europe/Paris"},
    "tokens": lambda _: {"name": "laptop", "scopes": ["read"]},
    "found_organisation": lambda _: {"name": "Third Company", "owner_email": ""},
    "appoint_member": lambda _: {"email": "mate@example.org", "role": "reader"},
    "set_language": lambda _: {"language": "fr", "next": "/metrics"},
    "account_login": lambda _: {"login": "rival@example.org", "password": PASSWORD},
    "account_signup": lambda _: {"name": "Nina New", "email": "nina@example.org", "password1": PASSWORD},
    "account_change_password": lambda _: {
        "oldpassword": PASSWORD, "password1": "another harbour of boats", "password2": "another harbour of boats",
    },
    "account_reauthenticate": lambda _: {"password": PASSWORD},
    "account_reset_password": lambda _: {"email": "rival@example.org"},
    "api:open_account": lambda _: {"email": "nina@example.org", "name": "Nina", "password": PASSWORD},
    "api:issue_token": lambda _: {"name": "laptop", "scopes": ["read"]},
    "api:found_organisation": lambda _: {"name": "Third Company"},
    "api:appoint_member": lambda _: {"email": "mate@example.org", "role": "reader"},
    "api:revise_challenge": lambda _: {"summary": "New"},
    "api:plan_phases": lambda _: [PHASE],  # type: ignore[dict-item, return-value]
    "api:appoint_staff": lambda _: {"email": "mate@example.org", "role": "reader"},
    "api:rename_team": lambda _: {"name": "Nine Boats"},
    "api:propose_merge": lambda w: {"team": w.other_team},
    "api:answer_merge": lambda _: {"accept": False},
}  # fmt: skip
"""What is sent, by name; nothing where a name is not listed."""

FORMS: dict[str, Body] = {
    "api:import_challenge": lambda w: {"organisation": "acme-insurance", "bundle": _bundle(w)},
    "api:attach_file": lambda _: {"kind": "data", "file": file(), "path": "data/more.csv"},
    "api:submit_entry": lambda _: {"file": file(predictions(4.0))},
}
"""What is sent to the API as a form, not as JSON."""


def _bundle(world: World) -> SimpleUploadedFile:
    packed: Path = world.bundle
    return SimpleUploadedFile("bundle.zip", packed.read_bytes())


def ask(world: World, client: Any, role: str, address: Address, verb: str, case: str = "") -> Any:
    """Send one request as a role and return the answer."""
    path, name = path_of(world, address, case), address.names[verb]
    world.role = role
    if not address.url_name.startswith("api:"):
        body = BODIES.get(name, lambda _: {})(world) if verb == "POST" else {}
        return client.generic("GET", path) if verb == "GET" else client.post(path, body)
    secret = world.secrets.get(role)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if verb == "POST" and name in FORMS:
        return client.post(path, FORMS[name](world), headers=headers)
    body = json.dumps(BODIES[name](world)) if name in BODIES else ""
    return client.generic(verb, path, body, "application/json", headers=headers)
