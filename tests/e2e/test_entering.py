"""From a stranger to a score: with a script, without one, and with files that break a rule."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.claims import predictions, training
from support.people import PASSWORD
from support.running import Server

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

Person = Callable[..., "Page"]
SUBMIT = "/challenges/claims/submit"
BROKEN = b"customer,claim\n1,many\n1,2\n"
DROP = """([zone, name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/csv"}));
  const drop = (kind) => zone.dispatchEvent(
    new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
  const taken = !drop("dragover");
  drop("drop");
  return taken;
}"""


def file(content: bytes, name: str = "mine.csv") -> FilePayload:
    """Return a file to choose."""
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def sign_up(page: Page, name: str) -> None:
    """Open an account, as a stranger who wants to take part."""
    page.goto("/challenges/claims")
    page.get_by_role("link", name="Open an account to take part").click()
    page.fill("[name=name]", name)
    page.fill("[name=email]", f"{name.split()[0].lower()}@example.org")
    page.fill("[name=password1]", PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Open an account").click()
    page.wait_for_url("**/challenges/claims")


def downloaded(page: Page, name: str) -> bytes:
    """Return the bytes behind a link that downloads."""
    with page.expect_download() as download:
        page.get_by_role("main").get_by_role("link", name=name).click()
    return Path(download.value.path()).read_bytes()


def take_part(page: Page) -> None:
    """Join the challenge and read what solvers work on."""
    page.get_by_role("button", name="Take part").click()
    page.wait_for_url("**/challenges/claims/data")
    assert downloaded(page, "train.csv") == training()


@contextmanager
def worker_asleep(server: Server) -> Iterator[None]:
    """Let the worker score nothing meanwhile."""
    worker = server.children()[1]
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def slow_down(page: Page, bytes_a_second: int) -> None:
    """Let the page send as slowly as from a far place."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    wire.send("Network.emulateNetworkConditions", slow)


def stays(page: Page) -> Callable[[], bool]:
    """Return what tells whether the page is still the one that it is now, never loaded anew."""
    page.evaluate("window.here = true")
    return lambda: bool(page.evaluate("window.here === true"))


def look_again(page: Page, awaited: str) -> None:
    """Load the page of an entry anew until it shows what is awaited, as whoever has no script does."""
    for _ in range(100):
        if page.locator(awaited).count():
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError(f"{awaited} never came: {page.locator('main').inner_text()}")


def refused_entry(page: Page) -> str:
    """Return what the page of a refused entry says, once it says so."""
    page.wait_for_url(re.compile(r"/entries/\d+$"))
    page.locator("#result .tag.refused").wait_for()
    return str(page.locator("#result").text_content())


def test_from_stranger_to_score(person: Person, server: Server) -> None:
    page = person()
    sign_up(page, "Nora New")
    take_part(page)
    page.goto(SUBMIT)
    content = predictions(1.5)
    page.set_input_files("[name=file]", file(content, "nora.csv"))
    assert page.locator(".drop strong").inner_text() == "nora.csv"
    page.fill("[name=note]", "first try")
    bar = page.get_by_role("progressbar", name="Upload")
    assert bar.is_hidden()
    slow_down(page, 3000)
    with worker_asleep(server):
        page.get_by_role("main").get_by_role("button", name="Hand in").click()
        bar.wait_for()
        page.wait_for_url(re.compile(r"/entries/\d+$"))
        page.get_by_text("It is being scored").wait_for()
        same_page = stays(page)
    page.locator("#result .figure").wait_for()
    assert same_page(), "the score came by loading the page anew"
    assert page.locator("#result .figure").inner_text().startswith("1.5")
    assert page.locator("#result[hx-get]").count() == 0, "the page goes on asking"
    receipt = json.loads(downloaded(page, "Keep the receipt"))
    assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
    assert downloaded(page, "nora.csv") == content
    page.get_by_role("link", name="See the leaderboard").click()
    own = page.locator("tr.ours")
    assert "Nora New" in own.inner_text()
    plain = page.locator("table.board tbody tr:not(.ours):not(.baseline)").first
    ground = "row => getComputedStyle(row).backgroundColor + getComputedStyle(row.cells[0]).backgroundColor"
    assert own.evaluate(ground) != plain.evaluate(ground)


def test_the_same_without_a_script(person: Person, server: Server) -> None:
    page = person(java_script_enabled=False)
    sign_up(page, "Paul Plain")
    take_part(page)
    page.get_by_role("link", name="Hand in", exact=True).click()
    page.set_input_files("[name=file]", file(predictions(1.25)))
    with worker_asleep(server):
        page.get_by_role("main").get_by_role("button", name="Hand in").click()
        page.wait_for_url(re.compile(r"/entries/\d+$"))
        assert page.get_by_role("link", name="Look again").is_visible()
    look_again(page, "#result .figure")
    assert page.locator("#result .figure").inner_text().startswith("1.25")
    page.goto("/challenges/claims/board")
    assert "Paul Plain" in page.locator("tr.ours").inner_text()


def test_a_file_dropped_onto_the_zone(person: Person) -> None:
    page = person("solver")
    page.goto(SUBMIT)
    zone = page.locator(".drop")
    taken = page.evaluate(DROP, [zone.element_handle(), "dropped.csv", predictions(4.0).decode()])
    assert taken, "the browser would open the file instead"
    assert zone.locator("strong").inner_text() == "dropped.csv"
    assert "over" not in str(zone.get_attribute("class"))
    page.get_by_role("main").get_by_role("button", name="Hand in").click()
    page.locator("#result .figure").wait_for()
    assert "dropped.csv" in page.locator(".receipt").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_a_broken_file_shows_its_mistakes(person: Person, script: bool) -> None:
    page = person("solver", java_script_enabled=script)
    page.goto(SUBMIT)
    page.set_input_files("[name=file]", file(BROKEN))
    page.get_by_role("main").get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile(r"/entries/\d+$"))
    if not script:
        look_again(page, "#result .tag.refused")
    said = refused_entry(page)
    assert "Your quota was not used" in said
    assert page.locator("#result .faults > li").count() >= 2
    assert "many" in said
    page.get_by_role("link", name="Hand in a mended file").click()
    page.wait_for_url(f"**{SUBMIT}")


def test_what_is_refused_at_once_is_told_in_place(person: Person) -> None:
    page = person("solver")
    page.goto(SUBMIT)
    same_page = stays(page)
    page.set_input_files("[name=file]", file(predictions(5.0), "kept.csv"))
    note = "far too long " * 30
    page.evaluate("note => { document.querySelector('[name=note]').value = note; }", note)
    page.get_by_role("main").get_by_role("button", name="Hand in").click()
    page.locator(".field.bad").wait_for()
    assert same_page()
    assert page.locator(".field.bad [name=note]").input_value() == note
    assert page.evaluate("document.activeElement.id") == "content"
    assert page.locator(".drop strong").inner_text() == "kept.csv", "the file has to be chosen again"
    page.fill("[name=note]", "straight")
    bar = page.get_by_role("progressbar", name="Upload")
    slow_down(page, 3000)
    page.get_by_role("main").get_by_role("button", name="Hand in").click()
    bar.wait_for()
    page.locator("#result .figure").wait_for()
    assert "straight" in page.locator(".receipt").inner_text()


def test_a_quota_used_up_is_told_in_place(person: Person) -> None:
    page = person("solver")
    page.goto("/challenges/narrow/submit")
    assert "0 of 1 left today" in page.locator("main").inner_text()
    same_page = stays(page)
    page.set_input_files("[name=file]", file(predictions(5.0), "kept.csv"))
    page.get_by_role("main").get_by_role("button", name="Hand in").click()
    page.get_by_role("alert").first.wait_for()
    assert same_page()
    assert page.locator(".drop strong").inner_text() == "kept.csv"
    page.goto("/challenges/narrow/entries")
    assert page.locator("[data-row]").count() == 1


@pytest.mark.parametrize("answer", ["cut", "of a proxy"])
def test_an_upload_that_fails_can_be_sent_again(person: Person, crowd: Any, answer: str) -> None:
    page = person("solver")
    page.goto(SUBMIT)
    page.set_input_files("[name=file]", file(predictions(6.0)))

    def fail(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
        elif answer == "cut":
            route.abort("connectionreset")
        else:
            route.fulfill(status=409, body="too much", content_type="text/plain")

    page.route(f"**{SUBMIT}", fail)
    button = page.get_by_role("main").get_by_role("button", name="Hand in")
    button.click()
    page.get_by_text("The upload was cut").wait_for()
    assert button.is_enabled()
    page.unroute(f"**{SUBMIT}")
    button.click()
    page.locator("#result .figure").wait_for()
    crowd.watch.complaints = [c for c in crowd.watch.complaints if "ERR_CONNECTION_RESET" not in c]
