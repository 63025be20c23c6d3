"""The ground of the tests itself: it stands on the right database, and its guard-rails hold."""

from __future__ import annotations

import socket
import urllib.request
import warnings
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.db import connection
from django.template import engines

from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.choices import EntryState
from support.claims import predictions
from support.guards import NetworkError, UnknownVariable
from support.people import People


def test_stands_on_the_chosen_database(db: None, pytestconfig: pytest.Config) -> None:
    assert connection.vendor == pytestconfig.getoption("--database")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


def test_works_in_a_folder_of_its_own() -> None:
    assert "laureate-tests-" in str(settings.FILES_FOLDER)
    assert "laureate-tests-" in str(settings.WORKER_SOCKET)


def test_the_network_ends_at_this_machine() -> None:
    with socket.socket() as one, pytest.raises(NetworkError):
        one.connect(("192.0.2.1", 80))
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.1", 1))
    with pytest.raises((NetworkError, OSError)):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_an_unknown_variable_fails_in_our_templates_only(monkeypatch: pytest.MonkeyPatch) -> None:
    template = engines["django"].from_string("{{ nothing }}{% if nothing %}{% endif %}")
    assert template.render({}) == ""
    monkeypatch.setattr("support.guards.OURS", "<unknown source>")
    with pytest.raises(pytest.fail.Exception, match="unknown variable 'nothing'"):
        template.render({})
    assert isinstance(settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"], UnknownVariable)


def test_paging_through_what_has_no_order_fails(people: People) -> None:
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(Challenge.objects.order_by(), 1).page(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Paginator(Challenge.objects.order_by("id"), 1).page(1)


def test_an_entry_is_handed_in_and_scored(
    open_challenge: Challenge, people: People, submit: Callable, work: Callable[[], int]
) -> None:
    entry = submit(people.solver, open_challenge.slug, predictions(1.0))
    assert work() > 0
    entry.refresh_from_db()
    assert (entry.state, entry.faults) == (EntryState.SCORED, [])
