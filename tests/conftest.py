"""The ground of all tests: ``--database sqlite`` (default) or ``--database postgresql``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.ground import DATABASES, Ground, PostgresError
from support.guards import block_network

if TYPE_CHECKING:
    from laureate.base.people.models import User
    from laureate.base.people.viewer import Viewer
    from laureate.recipe.problem.models import Challenge
    from laureate.recipe.submissions.models import Entry
    from support.people import People

GROUND = pytest.StashKey[Ground]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=DATABASES, default="sqlite", help="the database on which the tests run"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("version", 0) or config.getoption("help", False):
        return
    try:
        ground = config.stash[GROUND] = Ground(config)
    except PostgresError as error:
        raise pytest.UsageError(str(error)) from error
    ground.settle()
    block_network()


def pytest_unconfigure(config: pytest.Config) -> None:
    if GROUND in config.stash:
        config.stash[GROUND].leave()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    """Forget what the process keeps between requests: rate limits of one test do not hit the next."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def people(db: None) -> People:
    """Give the people of the tests."""
    from support.people import gather_people

    return gather_people()


@pytest.fixture
def viewer() -> Callable[..., Viewer]:
    """Give ``viewer(user, scopes=None)``: who is looking; None is a stranger."""
    from support.people import look_as

    return look_as


@pytest.fixture
def frozen() -> Callable[[datetime], AbstractContextManager[None]]:
    """Give ``with frozen(instant): …``, in which the journal's clock stands still."""
    from laureate.base.journal.clock import standing_at

    return standing_at


@pytest.fixture
def claims(tmp_path: Path) -> Callable[..., Path]:
    """Give ``claims(**changes)``: write the claims challenge and return its folder.

    The changes are those of :func:`support.claims.write_claims` and fields of ``Problem``.
    """
    from support.claims import write_claims

    made = iter(range(1_000_000))

    def write(**changes: Any) -> Path:
        return write_claims(tmp_path / f"claims-{next(made)}", datetime.now(UTC), **changes)

    return write


@pytest.fixture
def publish(people: People, claims: Callable[..., Path]) -> Callable[..., Challenge]:
    """Give ``publish(**changes)``: the claims challenge, imported and published by ``people.host``."""
    from laureate.recipe.problem.actions import import_challenge, publish_challenge
    from support.people import look_as

    def make(**changes: Any) -> Challenge:
        host = look_as(people.host)
        draft = import_challenge(host, people.organisation, claims(**changes))
        return publish_challenge(host, draft.slug)

    return make


@pytest.fixture
def open_challenge(publish: Callable[..., Challenge]) -> Challenge:
    """Give the claims challenge, published and open now."""
    return publish()


@pytest.fixture
def work() -> Callable[[], int]:
    """Give ``work()``: do all tasks that are due, here and now; returns how many."""
    from laureate.worker.loop import run_due_tasks

    return lambda: run_due_tasks("tests")


@pytest.fixture
def submit() -> Callable[..., Entry]:
    """Give ``submit(user, slug, csv, file_name=…, note=…)``: hand in an entry, joining first if need be."""
    from laureate.recipe.problem.queries import find_challenge
    from laureate.recipe.submissions.actions import join_challenge, submit_entry
    from laureate.recipe.submissions.queries import team_of
    from support.people import look_as

    def hand_in(user: User, slug: str, csv: bytes, file_name: str = "entry.csv", note: str = "") -> Entry:
        solver = look_as(user)
        if team_of(user.pk, find_challenge(solver, slug)) is None:
            join_challenge(solver, slug)
        return submit_entry(solver, slug, [csv], file_name, note)

    return hand_in
