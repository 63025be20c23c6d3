"""A browser that looks at every answer: headers, scripts, styles and downloads keep the policy."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

if TYPE_CHECKING:
    from laureate.base.people.models import User

REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = (
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
    "form-action 'self'", "base-uri 'none'",
)  # fmt: skip


class Page(HTMLParser):
    """What is in a page: its text, and every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """Return the words of the page, with single spaces."""
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every ``tag``."""
        return [attributes for name, attributes in self.tags if name == tag]

    def value(self, field: str) -> str | None:
        """Return what the input called ``field`` holds."""
        return next(a.get("value") for a in self.all("input") if a.get("name") == field)


def look_at(response: Any) -> None:
    """Check what must hold for every answer of the platform."""
    where = f"{response.request['REQUEST_METHOD']} {response.request['PATH_INFO']}"
    policy = response.get("Content-Security-Policy", "")
    assert all(part in policy for part in POLICY), f"{where}: {policy}"
    assert "unsafe" not in policy, where
    assert "*" not in policy, where
    for name, value in REQUIRED.items():
        assert response.get(name) == value, f"{where}: {name}"
    if response.streaming:
        assert response["Content-Disposition"].startswith("attachment"), where
        assert response["Content-Type"] in ("application/octet-stream", "application/zip"), where
    elif response.get("Content-Type", "").startswith("text/html") and response.content:
        look_at_page(where, Page(response.content.decode()))


def look_at_page(where: str, page: Page) -> None:
    """Check that a page carries no code of its own, says its language, and loads nothing from elsewhere."""
    assert page.all("html")[0].get("lang") in ("en", "fr"), where
    assert page.all("title"), where
    for tag, attributes in page.tags:
        assert tag not in ("style", "iframe", "object", "embed", "base"), f"{where}: <{tag}>"
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/"), f"{where}: inline script"
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{where}: {name} of <{tag}>"
            assert name != "style", f"{where}: style of <{tag}>"
            assert not (value or "").strip().lower().startswith("javascript:"), f"{where}: {value}"
            assert not name.startswith("hx-on"), f"{where}: {name}"
        if tag == "form" and (attributes.get("method") or "").lower() == "post":
            assert not (attributes.get("action") or "").startswith(("http:", "https:", "//")), where
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(ids) == len(set(ids)), f"{where}: an id stands twice: {sorted(ids)}"


class Browser(Client):
    """Django's test client, which looks at every answer."""

    def request(self, **request: Any) -> Any:
        """Send a request; check the answer."""
        response = super().request(**request)
        look_at(response)
        return response

    def page(self, path: str, status: int = 200, **headers: Any) -> Page:
        """Read a page that must answer with ``status``."""
        return as_page(self.get(path, headers=headers or None), status)

    def send(self, path: str, status: int = 302, **fields: Any) -> Any:
        """Send a form that must answer with ``status``; return the address it leads to, or the page."""
        response = self.post(path, fields)
        if status != 302:
            return as_page(response, status)
        assert response.status_code == 302, f"{path}: {response.status_code} {said(response)}"
        return response["Location"]


def as_page(response: Any, status: int = 200) -> Page:
    """Return an answer as a page."""
    assert response.status_code == status, f"{response.status_code}: {said(response)}"
    return Page(response.content.decode())


def said(response: Any) -> str:
    """Return what a page complains of."""
    if response.streaming or not response.content:
        return ""
    found = re.findall(
        r'<(?:ul class="errors|p class="said)[^>]*>(.*?)</(?:ul|p)>', response.content.decode(), re.DOTALL
    )
    return " | ".join(found)[:600]


def browser_of(user: User | None) -> Browser:
    """Return the browser of a person; None is a stranger."""
    browser = Browser()
    if user is not None:
        browser.force_login(user)
    return browser


def file(content: bytes, name: str = "entry.csv") -> SimpleUploadedFile:
    """Return a file for a form."""
    return SimpleUploadedFile(name, content)
