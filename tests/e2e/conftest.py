"""One server, one browser and two small challenges for all stories."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.claims import predictions, write_claims
from support.people import PASSWORD
from support.running import HOST, Server, eventually, running

from .watching import FLAGS, Crowd, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
SOLVER = "sara@example.org"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every story of this folder; skip all of them on a machine without Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine's PATH"))


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with an open challenge, ``claims``, and one that takes an entry a day, ``narrow``.

    Sara has a scored and a refused entry in ``claims``, and her entry of today in ``narrow``.
    """
    folder = tmp_path_factory.mktemp("e2e")
    with running(folder) as server:
        server.set_up()
        now = datetime.now(UTC)
        server.publish(write_claims(folder / "claims", now, per_day=99))
        server.publish(write_claims(folder / "narrow", now, per_day=1, slug="narrow", title="A narrow door"))
        with server.open_account(SOLVER, "Sara Solver") as sara:
            for slug, content in (
                ("claims", predictions(2.0)),
                ("claims", b"customer,claim\n1,x\n1,2\n"),
                ("narrow", predictions(1.0)),
            ):
                answer = sara.post(f"/challenges/{slug}/join")
                assert answer.status_code < 500, answer.text
                file = {"file": ("predictions.csv", content)}
                answer = sara.post(f"/challenges/{slug}/entries", files=file)
                assert answer.status_code in (200, 201, 202), answer.text
                entry = answer.json()["id"]
                eventually(
                    lambda at=f"/entries/{entry}": sara.get(at).json()["state"] != "received",
                    "an entry is judged",
                )
        yield server


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give the system's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def accounts(browser: Browser, server: Server) -> dict[str, Any]:
    """Give the cookies of Sara and of the host, who is the operator too."""
    kept = {}
    for who, email in (("solver", SOLVER), ("host", HOST)):
        context = browser.new_context(base_url=server.url, locale="en-GB")
        sign_in(context.new_page(), email, PASSWORD)
        kept[who] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def crowd(browser: Browser, server: Server, accounts: dict[str, Any]) -> Iterator[Crowd]:
    """Give the people of a test; it fails at the end when a page of theirs complained."""
    crowd = Crowd(browser, server.url, accounts)
    yield crowd
    crowd.leave()


@pytest.fixture
def person(crowd: Crowd) -> Callable[..., Page]:
    """Give ``person(who, **options)``: a page of a stranger, the solver or the host."""
    return crowd.page
