"""Every main page: nothing in the console, nothing wider than its window, nothing that axe finds serious."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from support.running import Server

from .conftest import SOLVER
from .watching import Crowd, sideways

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Person = Callable[..., "Page"]
PAGES = {
    "stranger": (
        "/",
        "/challenges",
        "/challenges?words=nothing-like-it",
        "/challenges/claims",
        "/challenges/claims/data",
        "/challenges/claims/board",
        "/metrics",
        "/guide",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/challenges/nothing-here",
        "/nothing-here",
    ),
    "solver": (
        "/mine",
        "/challenges/claims",
        "/challenges/claims/board",
        "/challenges/claims/submit",
        "/challenges/claims/entries",
        "/challenges/claims/team",
        "/challenges/narrow/submit",
        "/inbox",
        "/account",
        "/account/tokens",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/host/claims",
        "scored",
        "refused",
    ),
    "host": (
        "/host",
        "/host/new",
        "/host/claims",
        "/host/claims/problem",
        "/host/claims/files",
        "/host/claims/calendar",
        "/host/claims/staff",
        "/host/claims/check",
        "/host/claims/entries",
        "/challenges/claims/board?kind=private",
        "/challenges/claims/team",
        "/host/a-draft",
        "/host/a-draft/problem",
        "/host/a-draft/files",
        "/host/a-draft/calendar",
        "/host/a-draft/check",
        "/organisations/new",
        "/organisations/acme-insurance",
        "/operate",
    ),
}
LOOKS = ((390, "fr"), (1280, "en"))
SCHEMES = ("light", "light", "dark", "dark")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="package")
def entries(server: Server) -> dict[str, str]:
    """Give the addresses of a scored and of a refused entry of the solver."""
    with server.program(SOLVER) as sara:
        rows = sara.get("/challenges/claims/entries").json()["items"]
    return {
        state: next(f"/entries/{r['id']}" for r in rows if r["state"] == state)
        for state in ("scored", "refused")
    }


@pytest.fixture(scope="package")
def draft(browser: Browser, server: Server, accounts: dict[str, Any]) -> str:
    """Give the slug of a draft that lacks nearly everything."""
    context = browser.new_context(base_url=server.url, storage_state=accounts["host"])
    page = context.new_page()
    page.goto("/host/new")
    page.fill("[name=title]", "A draft of tomorrow")
    page.fill("[name=slug]", "a-draft")
    page.get_by_role("button", name="Start a draft").click()
    page.wait_for_url("**/host/a-draft/problem")
    context.close()
    return "a-draft"


def findings(page: Page) -> list[str]:
    """Return what axe finds serious on the page that is open."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{v['id']}: {v['help']} at {[node['target'] for node in v['nodes']][:3]}"
        for v in violations
        if v["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_pages_are_clean(
    person: Person, server: Server, entries: dict[str, str], draft: str, who: str, width: int, language: str
) -> None:
    """Open each page at both widths; axe reads each at one of them, in light or dark, by turns.

    ``tools/screenshots.py`` has axe read every page in every look; that takes minutes.
    """
    page = person(who, viewport={"width": width, "height": 900})
    page.context.add_cookies([{"name": "django_language", "value": language, "url": server.url}])
    faults = []
    for number, address in enumerate(PAGES[who]):
        page.emulate_media(color_scheme=SCHEMES[number % 4])  # type: ignore[arg-type]
        page.goto(entries.get(address, address))
        if (wide := sideways(page)) > 0:
            faults.append(f"{address}: {wide} px wider than the window")
        assert page.locator("html").get_attribute("lang") == language
        if LOOKS[number % 2][0] == width:
            faults += [f"{address}: {finding}" for finding in findings(page)]
    assert not faults, "\n".join(faults)


def test_the_watch_sees_what_the_policy_refuses(person: Person, crowd: Crowd) -> None:
    page = person()
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: '/nothing.png'}))")
    page.wait_for_timeout(300)
    heard = "\n".join(crowd.watch.complaints)
    assert "Content Security Policy" in heard
    assert "404 of" in heard
    crowd.watch.complaints.clear()


def test_axe_and_the_ruler_see_faults(person: Person) -> None:
    page = person(viewport={"width": 390, "height": 900})
    page.goto("/challenges")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=text size=200>')"
    )
    page.evaluate("document.querySelector('main input[size]').style.width = '900px'")
    assert sideways(page) > 0
    assert any(finding.startswith("label:") for finding in findings(page))
