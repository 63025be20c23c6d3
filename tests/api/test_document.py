"""The API's description: whole, true, and kept by the API under fire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis.errors import Unsatisfiable

from laureate.api.document import ERRORS
from laureate.api.errors import PROBLEM
from laureate.recipe.problem.models import Challenge
from support.claims import predictions
from support.people import People

from .conftest import Caller, good

pytestmark = pytest.mark.django_db

OPERATIONS = {
    "open_account", "issue_token", "list_tokens", "revoke_token", "me", "challenges", "import_challenge",
    "challenge_page", "revise_challenge", "plan_phases", "check_challenge", "publish_challenge",
    "close_challenge", "finalise_challenge", "withdraw_challenge", "export_challenge", "attach_file",
    "detach_file", "challenge_file", "join_challenge", "standing", "submit_entry", "entries", "leaderboard",
    "course", "entry_page", "entry_file", "cancel_entry", "select_entry", "release_entry", "rename_team",
    "invite_member", "read_invitation", "accept_invitation", "propose_merge", "answer_merge", "inbox",
    "read_inbox", "metrics", "found_organisation", "appoint_member", "health", "staff", "appoint_staff",
    "dismiss_staff",
}  # fmt: skip


@pytest.fixture
def document(stranger: Caller) -> dict[str, Any]:
    """Give the description as it is served."""
    response = stranger("GET", "/openapi.json")
    found: dict[str, Any] = good(response)
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    described = list(operations(document))
    assert {operation["operationId"] for _, _, operation in described} == OPERATIONS
    for method, path, operation in described:
        where = f"{method} {path}"
        assert operation["description"], where
        assert operation["security"], where
        for status in ERRORS:
            assert operation["responses"][str(status)]["content"] == {
                PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}
            }, where
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                schema = parameter["schema"]
                assert "pattern" in schema or {"minimum", "maximum"} <= set(schema), where


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    found = set(references(document))
    assert found
    for reference in found:
        assert reference.rsplit("/", 1)[-1] in document["components"]["schemas"], reference


def test_public_operations_are_those_that_answer_strangers(
    document: dict[str, Any], stranger: Caller, people: People
) -> None:
    for method, path, operation in operations(document):
        address = path.replace("{slug}", "nowhere").replace("{id}", "1").replace("{code}", "none")
        status = stranger(method.upper(), address).status_code
        public = {} in operation["security"]
        assert (status != 401) == public, (method, path, status)


def test_names_of_addresses_are_those_of_operations() -> None:
    resolver = get_resolver("laureate.api.urls").namespace_dict["api"][1]
    names = {pattern.name for pattern in resolver.url_patterns}
    assert names >= OPERATIONS


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the test's connection open from one request to the next, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_api_keeps_its_word_under_fire(
    open_challenge: Challenge,
    document: dict[str, Any],
    as_host: Caller,
    submit: Any,
    people: People,
    mode: str,
) -> None:
    """Requests made from the description, good and bad: each answer is one that the description names."""
    import schemathesis
    from django.core.wsgi import get_wsgi_application
    from hypothesis import HealthCheck, given, settings
    from schemathesis.config import SchemathesisConfig
    from schemathesis.generation import GenerationMode

    entry = submit(people.solver, "claims", predictions())
    file = open_challenge.files.get(kind="data")
    # A password may be too easy, a name taken: what fits the description may still break a rule.
    may_refuse = ["2xx", "3xx", "400", "401", "403", "404", "409", "422", "429"]
    rules = {"checks": {"positive_data_acceptance": {"expected-statuses": may_refuse}}}
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(rules))
    schema.app = get_wsgi_application()
    headers = {"Authorization": f"Bearer {as_host.token}"}

    def aim(case: Any) -> None:
        """Let half of the good requests hit something that is there."""
        known = {"slug": "claims", "id": file.pk if "/files/" in case.path else entry.pk}
        if mode == "positive" and case.path_parameters and case.path_parameters.get("id", 2) % 2 == 0:
            case.path_parameters |= {key: known[key] for key in case.path_parameters if key in known}

    fired = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=7,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
        def fire(case: Any) -> None:
            nonlocal fired
            aim(case)
            cache.clear()
            case.call_and_validate(headers=headers)
            fired += 1

        try:
            with one_connection():
                fire()
        except Unsatisfiable:
            assert mode == "negative", (
                operation.label
            )  # nothing can be wrong with a request without parameters
    assert fired > 100
