"""A browser whose every page is watched: what it complains of fails the test."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REFUSALS = frozenset({401, 403, 404, 409, 422, 429})
"""Answers by which the platform says no: Chromium notes each in its console, rightly."""
_STATUS = re.compile(r"the server responded with a status of (\d+)")
PATIENCE = 15_000
"""Milliseconds that anything on a page may take before the test fails."""


class Watch:
    """What the pages of one person complained of."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def over(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", lambda said: self._hear(page, said))
        page.on("pageerror", lambda error: self._note(page, f"script error: {error}"))
        page.on("response", lambda answer: self._see(page, answer))

    def _hear(self, page: Page, said: ConsoleMessage) -> None:
        if said.type == "error":
            status = _STATUS.search(said.text)
            # Which requests may be refused is judged where answers are seen, with their addresses.
            if status is None or int(status[1]) not in REFUSALS:
                self._note(page, f"console: {said.text[:300]}")

    def _see(self, page: Page, answer: Response) -> None:
        refusable = answer.request.resource_type in ("document", "xhr", "fetch")
        if answer.status >= 400 and not (refusable and answer.status in REFUSALS):
            self._note(page, f"{answer.status} of {answer.url}")

    def _note(self, page: Page, complaint: str) -> None:
        self.complaints.append(f"{urlsplit(page.url).path}: {complaint}")


class Crowd:
    """The people of one test: each has a browser of their own, watched until the test's end."""

    def __init__(self, browser: Browser, url: str, accounts: dict[str, Any]) -> None:
        self.browser = browser
        self.url = url
        self.accounts = accounts
        self.watch = Watch()
        self.contexts: list[BrowserContext] = []

    def page(self, who: str = "stranger", **options: Any) -> Page:
        """Return a blank page of somebody's browser; whoever is not a stranger is signed in."""
        settled = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "timezone_id": "UTC"}
        if who != "stranger":
            settled["storage_state"] = self.accounts[who]
        context = self.browser.new_context(base_url=self.url, **settled | options)
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("page", self.watch.over)
        return context.new_page()

    def leave(self) -> None:
        """Close all browsers; fail when a page complained."""
        for context in self.contexts:
            context.close()
        assert not self.watch.complaints, "\n".join(dict.fromkeys(self.watch.complaints))


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda where: "/login" not in where)


def sideways(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
