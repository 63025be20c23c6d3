"""A host's way by browser: a draft, what the check says is missing, publishing and closing, each asked back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from support.claims import BRIEF_TEXT, predictions, sample, solution, training

if TYPE_CHECKING:
    from playwright.sync_api import Page

Person = Callable[..., "Page"]
FILES = {
    "data": ("train.csv", training()),
    "sample": ("sample.csv", sample()),
    "solution": ("truth.csv", solution()),
    "baseline": ("incumbent.csv", predictions(3.0)),
}


def press(page: Page, name: str) -> None:
    """Press a button of the page's content and wait for the page to which it leads."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def answered(page: Page, name: str, *, yes: bool) -> str:
    """Press a button that asks back, answer, and return what was asked."""
    asked: list[str] = []

    def reply(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept() if yes else dialog.dismiss()

    page.once("dialog", reply)
    if yes:
        press(page, name)
    else:
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(300)
    assert len(asked) == 1, asked
    return asked[0]


def missing(page: Page, slug: str) -> list[str]:
    """Return the addresses of the pages to which the check sends the host, each once."""
    page.goto(f"/host/{slug}/check")
    links = page.locator(".note.bad + .faults a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return list(dict.fromkeys(links))


def fill_in_problem(page: Page) -> None:
    """Fill in what solvers read; the check's link has led here."""
    page.fill("[name=summary]", "Predict what each customer will claim.")
    page.fill("[name=sponsor]", "Acme Insurance")
    page.select_option("[name=field]", "insurance")
    page.fill("[name=brief]", BRIEF_TEXT)
    press(page, "Save and go on")


def fill_in_files(page: Page) -> None:
    """Attach all files, each by its form, and say how entries are measured."""
    for kind, (name, content) in FILES.items():
        page.select_option("[name=kind]", kind)
        page.set_input_files("[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
        press(page, "Attach")
        page.get_by_role("link", name=name).wait_for()
    page.select_option("[name=metric]", "rmse")
    page.fill("[name=id_column]", "customer")
    page.fill("[name=targets]", "claim")
    press(page, "Save")


def fill_in_calendar(page: Page) -> None:
    """Give one phase that runs now."""
    today = datetime.now(UTC).replace(hour=0, minute=0)
    page.fill("[name=phases-0-title]", "Main phase")
    page.fill("[name=phases-0-key]", "main")
    page.fill("[name=phases-0-opens]", f"{today - timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.fill("[name=phases-0-closes]", f"{today + timedelta(days=30):%Y-%m-%dT%H:%M}")
    press(page, "Save and go on")


def test_from_draft_to_close(person: Person) -> None:
    page = person("host")
    page.goto("/host")
    page.get_by_role("main").get_by_role("link", name="Post a problem").first.click()
    page.fill("[name=title]", "Claims of the year after")
    page.fill("[name=slug]", "year-after")
    press(page, "Start a draft")
    assert page.url.endswith("/host/year-after/problem")

    steps = {"problem": fill_in_problem, "files": fill_in_files, "calendar": fill_in_calendar}
    assert set(missing(page, "year-after")) == {f"/host/year-after/{step}" for step in steps}
    assert page.get_by_role("button", name="Publish").is_disabled()
    for step, fill_in in steps.items():
        at = f"/host/year-after/{step}"
        assert at in missing(page, "year-after"), f"the check no longer leads to {at}"
        page.locator(f".faults a[href='{at}']").first.click()
        page.wait_for_url(f"**{at}")
        fill_in(page)
    assert missing(page, "year-after") == []
    page.get_by_text("Nothing stands in the way").wait_for()

    assert "Publish now?" in answered(page, "Publish", yes=False)
    assert page.url.endswith("/host/year-after/check")
    assert person().goto("/challenges/year-after").status == 404  # type: ignore[union-attr]
    answered(page, "Publish", yes=True)
    assert page.url.endswith("/challenges/year-after")
    assert person().goto("/challenges/year-after").status == 200  # type: ignore[union-attr]

    page.goto("/host/year-after")
    assert "never opened again" in answered(page, "Close now", yes=False)
    page.reload()
    assert page.locator(".challenge-head .tag.open").count() == 1
    answered(page, "Close now", yes=True)
    assert page.locator(".challenge-head .tag.closed").count() == 1
    assert page.get_by_role("button", name="Close now").count() == 0


def test_a_wrong_form_keeps_what_was_written(person: Person) -> None:
    page = person("host")
    page.goto("/host/new")
    page.fill("[name=title]", "Claims again")
    page.fill("[name=slug]", "claims")
    press(page, "Start a draft")
    assert page.locator(".field.bad [name=slug]").input_value() == "claims"
    assert page.locator("[name=title]").input_value() == "Claims again"
    assert page.locator(".field.bad .errors").is_visible()
