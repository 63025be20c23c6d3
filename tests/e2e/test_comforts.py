"""What the page's script adds: keys, menus, copying, the reader's language and clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Person = Callable[..., "Page"]
STANDING = "document.activeElement.closest('[data-row]')?.innerText ?? ''"


def test_slash_focuses_the_search(person: Person) -> None:
    page = person()
    page.goto("/challenges")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    assert search.evaluate("field => field === document.activeElement")
    page.keyboard.type("claims/of")
    assert search.input_value() == "claims/of", "keys of a field are letters, not commands"
    page.keyboard.press("Enter")
    page.wait_for_url("**words=claims*")


def test_slash_leads_to_the_search_from_elsewhere(person: Person) -> None:
    page = person()
    page.goto("/metrics")
    page.keyboard.press("/")
    page.wait_for_url("**/challenges")


def test_question_mark_opens_the_help(person: Person) -> None:
    page = person()
    page.goto("/")
    help_ = page.get_by_role("dialog", name="Keyboard")
    assert help_.is_hidden()
    page.keyboard.press("?")
    help_.wait_for()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    help_.wait_for(state="hidden")
    page.keyboard.press("?")
    help_.get_by_role("button", name="Close").click()
    help_.wait_for(state="hidden")


@pytest.mark.parametrize("address", ["/challenges", "/challenges/claims/data", "/challenges/claims/board"])
def test_j_and_k_go_through_rows(person: Person, address: str) -> None:
    page = person()
    page.goto(address)
    rows = page.locator("[data-row]")
    assert rows.count() >= 2
    stood = []
    for key in "jjk":
        page.keyboard.press(key)
        stood.append(page.evaluate(STANDING))
    first, second = rows.nth(0).inner_text(), rows.nth(1).inner_text()
    assert stood == [first, second, first]
    page.keyboard.press("k")
    assert page.evaluate(STANDING) == first
    for _ in range(rows.count() + 1):
        page.keyboard.press("j")
    assert page.evaluate(STANDING) == rows.last.inner_text()


def test_keys_with_a_modifier_belong_to_the_browser(person: Person) -> None:
    page = person()
    page.goto("/challenges")
    page.keyboard.press("Control+j")
    assert page.evaluate(STANDING) == ""


def test_the_first_tab_skips_to_the_content(person: Person) -> None:
    page = person()
    page.goto("/metrics")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    assert link.evaluate("link => link === document.activeElement")
    box = link.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("who", ["stranger", "solver"])
def test_french_stays_over_pages(person: Person, who: str) -> None:
    page = person(who)
    page.goto("/challenges?words=claims")
    page.get_by_role("button", name="Français").click()
    page.wait_for_url("**/challenges?words=claims")
    for address in ("", "/challenges/claims", "/challenges/claims/board", "/metrics"):
        if address:
            page.goto(address)
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.get_by_role("button", name="English").is_visible()
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/metrics")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_browsers_language_is_spoken_at_once(person: Person) -> None:
    page = person(locale="fr-FR")
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_a_stranger_reads_times_on_their_own_clocks(person: Person) -> None:
    def times(zone: str) -> list[str]:
        page = person(timezone_id=zone)
        page.goto("/")
        page.goto("/challenges/claims")
        return page.locator("main time").all_inner_texts()

    paris, tokyo = times("Europe/Paris"), times("Asia/Tokyo")
    assert paris
    assert all(text.endswith(("CET", "CEST")) for text in paris if ":" in text)
    assert any("JST" in text for text in tokyo)
    assert paris != tokyo


def test_the_menu_closes_by_a_click_elsewhere(person: Person) -> None:
    page = person("solver")
    page.goto("/metrics")
    menu = page.locator("details.menu")
    entry = menu.get_by_role("link", name="API tokens")
    assert entry.is_hidden()
    menu.locator("summary").click()
    assert entry.is_visible()
    page.locator("h1").click()
    assert entry.is_hidden()
    menu.locator("summary").click()
    entry.click()
    page.wait_for_url("**/account/tokens")


def make_token(page: Page) -> str:
    """Make a token and return its secret."""
    page.goto("/account/tokens")
    page.fill("[name=name]", "my laptop")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator(".note.good .digest").inner_text()
    assert secret.startswith("lau_")
    return secret


def test_a_token_is_copied(person: Person) -> None:
    page = person("solver", permissions=["clipboard-read", "clipboard-write"])
    secret = make_token(page)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.get_by_role("button", name="Copy", exact=True).wait_for()


def test_without_a_clipboard_the_token_is_marked(person: Person) -> None:
    """Browsers give none to pages that come without HTTPS from another machine."""
    page = person("solver")
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    secret = make_token(page)
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("getSelection().toString().trim()") == secret


def test_revoking_a_token_is_asked_back(person: Person) -> None:
    page = person("solver")
    make_token(page)
    page.goto("/account/tokens")
    rows = page.locator("[data-row]")
    had = rows.count()
    asked: list[str] = []

    def answer(yes: bool) -> Callable[[Any], None]:
        def reply(dialog: Any) -> None:
            asked.append(dialog.message)
            dialog.accept() if yes else dialog.dismiss()

        return reply

    page.once("dialog", answer(False))
    rows.first.get_by_role("button", name="Revoke").click()
    assert rows.count() == had
    page.once("dialog", answer(True))
    with page.expect_navigation():
        rows.first.get_by_role("button", name="Revoke").click()
    assert rows.count() == had - 1
    assert asked == ["Revoke this token?"] * 2
